import { inspect } from "node:util";

const MAX_LINES = 300;
const MAX_LENGTH = 60_000;

/** Any value as text, as console.log would show it but deeper, and never endless. */
export function inspectText(value: unknown): string {
  const text = inspect(value, { depth: 4, maxArrayLength: 100, maxStringLength: 10_000, breakLength: 100, compact: 3 });
  return cutText(text);
}

/** The beginning of `text`, and how much of it is left out. */
function cutText(text: string): string {
  const lines = text.split("\n");
  const kept = lines.slice(0, MAX_LINES).join("\n").slice(0, MAX_LENGTH);
  if (kept.length === text.length) return text;
  const hidden = lines.length - kept.split("\n").length;
  return `${kept}\n… ${hidden > 0 ? `${hidden} more lines` : `${text.length - kept.length} more characters`}`;
}
