/**
 * JSON that any program can read as UTF-8. Half of a surrogate pair is not a character: `JSON.stringify` escapes it, and Python,
 * which reads the escape, can then neither encode nor save what it has read. U+FFFD stands in its place, as in what Node prints.
 */
export function wellFormedJson(value: unknown, indent?: number): string {
  const text = JSON.stringify(value, null, indent);
  // JSON.stringify escapes no other surrogates. The first alternative steps over backslashes of the text itself.
  return text.includes("\\ud")
    ? text.replace(/\\\\|\\ud[89a-f][0-9a-f]{2}/g, (found) => (found === "\\\\" ? found : "\ufffd"))
    : text;
}
