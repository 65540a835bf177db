/**
 * Text of elsewhere (names of files and classes, what a server says) for a terminal, which obeys control characters: they are
 * shown as \\x1b and the like, all but new lines and tabs.
 */
export function printable(text: string): string {
  return text.replace(/(?![\n\t])\p{Cc}/gu, (sign) => `\\x${sign.charCodeAt(0).toString(16).padStart(2, "0")}`);
}
