import { expect, it } from "vitest";
import { mathText, renderMath } from "../../../kernel/html/math.js";

it("renders formulas for eyes and for screen readers", () => {
  const html = renderMath("\\frac{a}{b}", false);
  expect(html).toContain("<mfrac>");
  expect(html).toContain('aria-hidden="true"');
  expect(renderMath("x", true)).toMatch(/^<div class="math">/);
});

it("shows the source of what is too deep for the stack, with the reason", () => {
  const deep = `${"\\frac{".repeat(20_000)}<${"}".repeat(20_000)}`;
  const html = renderMath(deep, false);
  expect(html).toMatch(/^<span class="katex-error" title="Maximum call stack size exceeded"[^>]*>\\frac\{/);
  expect(html).toContain("{&lt;}");
  expect(mathText(deep)).toBe(deep);
});
