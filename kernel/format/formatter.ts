import type { MimeBundle } from "../mime.js";

/** One way to show a kind of value. */
export interface Formatter {
  /** Names the kind in messages. */
  readonly name: string;
  /** Whether this shows `value`; must not throw for any value, nor change it. */
  readonly matches: (value: unknown) => boolean;
  /** Called only with values that match; an error makes the value be shown by inspection. */
  readonly format: (value: never) => MimeBundle | Promise<MimeBundle>;
}

/** Whether `value` is an object that has a function under each of `names`. */
export function hasMethods(value: unknown, ...names: (string | symbol)[]): value is object {
  if (typeof value !== "object" || value === null) return false;
  return names.every((name) => typeof (value as Record<string | symbol, unknown>)[name] === "function");
}
