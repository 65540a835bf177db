import { expect, it } from "vitest";
import { renderMath } from "../../../kernel/html/math.js";

it("renders formulas for eyes and for screen readers", () => {
  const html = renderMath("\\frac{a}{b}", false);
  expect(html).toContain("<mfrac>");
  expect(html).toContain('aria-hidden="true"');
  expect(renderMath("x", true)).toMatch(/^<div class="math">/);
});
