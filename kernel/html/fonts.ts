import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** Families that only these commands' classes use; all others are needed by everyday formulas. */
const RARE: Record<string, RegExp> = {
  KaTeX_Caligraphic: /mathcal/,
  KaTeX_Fraktur: /mathfrak/,
  KaTeX_SansSerif: /mathsf|textsf/,
  KaTeX_Script: /mathscr/,
  KaTeX_Typewriter: /mathtt|texttt/,
};

/**
 * KaTeX's style sheet with its fonts inside, so that it needs no other file.
 *
 * @param html the page, of which the rarer fonts are left out when it does not use them
 */
export function mathStyles(html: string): string {
  const folder = dirname(createRequire(import.meta.url).resolve("katex"));
  const css = readFileSync(join(folder, "katex.min.css"), "utf8");
  return css.replace(/@font-face\{[^}]*\}/g, (rule) => {
    const family = /font-family:"?([\w-]+)/.exec(rule)?.[1] ?? "";
    if (RARE[family] && !RARE[family].test(html)) return "";
    return rule.replace(/src:[^;}]*/, (source) => {
      const file = /url\(([^)]+\.woff2)\)/.exec(source)?.[1];
      if (!file) throw new Error(`katex.min.css: expected a woff2 file in "${source}"`);
      const font = readFileSync(join(folder, file)).toString("base64");
      return `src:url(data:font/woff2;base64,${font}) format("woff2")`;
    });
  });
}
