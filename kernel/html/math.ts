import katex, { type KatexOptions } from "katex";
import type { MarkdownIt } from "markdown-it";
import { escapeHtml, unescapeHtml } from "../format/escape.js";

/** TeX as HTML with MathML for screen readers; an error in the TeX shows its source in red with the reason as its title. */
export function renderMath(tex: string, displayMode: boolean): string {
  const html = typeset(tex, { displayMode });
  return displayMode ? `<div class="math">${html}</div>` : html;
}

function typeset(tex: string, options: KatexOptions): string {
  try {
    return katex.renderToString(tex.trim(), { ...options, throwOnError: false, strict: "ignore" });
  } catch (error) {
    // Not an error in the TeX: braces within braces that are too deep for the stack.
    const reason = escapeHtml((error as Error).message);
    return `<span class="katex-error" title="${reason}" style="color:#cc0000">${escapeHtml(tex)}</span>`;
  }
}

/** TeX as plain text, for titles: "b≥0". */
export function mathText(tex: string): string {
  const mathml = typeset(tex, { output: "mathml" });
  return unescapeHtml(mathml.replace(/<annotation[^]*?<\/annotation>/g, "").replace(/<[^>]*>/g, ""));
}

/** Plugin: `$...$` and `$$...$$`, and LaTeX environments, as Jupyter reads them. */
export function mathPlugin(markdown: MarkdownIt): void {
  markdown.inline.ruler.after("escape", "math", (state, silent) => {
    const found = inlineMath(state.src, state.pos);
    if (!found) return false;
    if (!silent) state.push(found.display ? "math_block" : "math_inline", "math", 0).content = found.tex;
    state.pos = found.end;
    return true;
  });
  markdown.block.ruler.before(
    "fence",
    "math",
    (state, startLine, endLine, silent) => {
      const offset = (state.bMarks[startLine] ?? 0) + (state.tShift[startLine] ?? 0);
      const found = blockMath(state.src.slice(offset));
      if (!found) return false;
      const lines = state.src.slice(offset, offset + found.length).split("\n").length;
      if (startLine + lines > endLine) return false;
      if (silent) return true;
      const token = state.push("math_block", "math", 0);
      token.content = found.tex;
      token.block = true;
      token.map = [startLine, startLine + lines];
      state.line = startLine + lines;
      return true;
    },
    { alt: ["paragraph", "reference", "blockquote", "list"] },
  );
  markdown.renderer.rules.math_inline = (tokens, index) => renderMath(tokens[index]?.content ?? "", false);
  markdown.renderer.rules.math_block = (tokens, index) => renderMath(tokens[index]?.content ?? "", true);
}

/** Maths that begins at `start`; as in Pandoc, `$5 and $6` is none: no blanks inside, no digit after. */
function inlineMath(source: string, start: number): { tex: string; end: number; display: boolean } | undefined {
  const display = /\$\$((?:[^$\\]|\\[^])+?)\$\$/y;
  const inline = /\$(?!\s)((?:[^$\\]|\\[^])+?)(?<!\s)\$(?!\d)/y;
  for (const pattern of [display, inline]) {
    pattern.lastIndex = start;
    const tex = pattern.exec(source)?.[1];
    if (tex !== undefined) return { tex, end: pattern.lastIndex, display: pattern === display };
  }
  return undefined;
}

/** Displayed maths that a block begins with and that nothing follows on its last line. */
function blockMath(source: string): { tex: string; length: number } | undefined {
  const dollars = /^\$\$((?:[^$\\]|\\[^])+?)\$\$[ \t]*(?=\n|$)/.exec(source);
  if (dollars) return { tex: dollars[1] ?? "", length: dollars[0].length };
  const environment = /^\\begin\{([a-z]+\*?)\}[^]+?\\end\{\1\}[ \t]*(?=\n|$)/.exec(source);
  return environment ? { tex: environment[0], length: environment[0].length } : undefined;
}
