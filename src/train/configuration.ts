import { createHash } from "node:crypto";

/** What a run is, as plain JSON: of the same images, on the same device, equal configurations give equal networks. */
export type Configuration = Readonly<Record<string, unknown>>;

/** The same text for the same content, whatever the order of keys. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const entries = Object.entries(value).filter(([, v]) => v !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, v]) => `${JSON.stringify(key)}:${canonical(v)}`).join(",")}}`;
}

/** The name of a configuration: 16 hexadecimal digits of the SHA-256 of its canonical text. */
export function runId(configuration: Configuration): string {
  return createHash("sha256").update(canonical(configuration)).digest("hex").slice(0, 16);
}

/** Where two configurations differ, one line each: `epochs: 10 there, 20 here`. */
export function differences(there: unknown, here: unknown, path = ""): string[] {
  const text = (v: unknown): string => (v === undefined ? "nothing" : canonical(v));
  if (text(there) === text(here)) return [];
  const isObject = (v: unknown): v is Configuration => typeof v === "object" && v !== null && !Array.isArray(v);
  if (!isObject(there) || !isObject(here)) return [`${path}: ${text(there)} there, ${text(here)} here`];
  const keys = [...new Set([...Object.keys(there), ...Object.keys(here)])];
  return keys.flatMap((key) => differences(there[key], here[key], path ? `${path}.${key}` : key));
}
