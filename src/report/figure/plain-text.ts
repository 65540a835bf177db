/** Text that plotly.js shows as it is: "<b>", "<a href=...>" and "&amp;" are markup to it, and "%{x}" a number in hover texts. */
export function plainText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll("%{", "&#37;{");
}
