import hljs from "highlight.js/lib/common";
import { escapeHtml } from "../format/escape.js";

/** Source text as HTML with its tokens marked up; plain where the language is not known. */
export function highlight(source: string, language: string): string {
  if (!hljs.getLanguage(language)) return escapeHtml(source);
  return hljs.highlight(source, { language, ignoreIllegals: true }).value;
}
