import fc from "fast-check";
import katex from "katex";
import { describe, expect, test } from "vitest";
import { escapeLatex } from "../../../../src/report/table/latex-text.js";

const SPECIAL = "&%_#${}\\~^";
const MATH = "αβγδεζηθικλμνξπρστυφχψωϕΓΔΘΛΞΠΣΥΦΨΩ±∓×÷·−≤≥≈≠≪≫∞∝∈→←↔↑↓√∂∑∏∇ℓ‖<>|µ⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ₀₁₂₃₄₅₆₇₈₉₊₋";

/** Formulas, and what is left without them. */
function parts(latex: string): { formulas: string[]; text: string } {
  const formulas = [...latex.matchAll(/(?<!\\)\$((?:[^$\\]|\\.)*)\$/g)].map(([, formula]) => formula!);
  return { formulas, text: latex.replace(/(?<!\\)\$(?:[^$\\]|\\.)*\$/g, "") };
}

describe("escapeLatex", () => {
  test.each([
    ["R&D_1 #5 {a} 100 % $x$", "R\\&D\\_1 \\#5 \\{a\\} 100 \\% \\$x\\$"],
    ["\\ ~ ^", "\\textbackslash{} \\textasciitilde{} \\textasciicircum{}"],
    ["ρ = 100", "$\\rho$ = 100"],
    ["−0.2771 ± 0.01", "$-$0.2771 $\\pm$ 0.01"],
    ["(2.3 ± 0.4)\u00a0×\u00a010⁻⁸", "(2.3 $\\pm$ 0.4)~$\\times$~10$^{-8}$"],
    ["μ₁ θ̂ p̂ ρ_U", "$\\mu_{1}$ $\\hat{\\theta}$ $\\hat{p}$ $\\rho$\\_U"],
    ["Δμ ≤ 3", "$\\Delta\\mu$ $\\le$ 3"],
    ["a < b | c", "a $<$ b $|$ c"],
    ["– and “so”…\n next", "-- and ``so''\\dots{} next"],
    ["Café", "Café"],
  ])("%s", (text, latex) => {
    expect(escapeLatex(text)).toBe(latex);
  });

  test("every formula is one that KaTeX sets, whatever signs stand side by side", () => {
    for (const sign of MATH) expect(parts(escapeLatex(sign)).formulas).toHaveLength(1);
    const signs = fc.string({ unit: fc.constantFrom(...MATH, "θ̂", "ā", "x̃", "a", "1"), minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(signs, (text) => {
        // A second exponent on the same base is an error in LaTeX, too; nobody writes one.
        fc.pre(!/[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ₀-₉₊₋]{2}/u.test(text));
        for (const formula of parts(escapeLatex(text)).formulas) {
          expect(() => katex.renderToString(formula, { strict: "error", throwOnError: true })).not.toThrow();
        }
      }),
    );
  });

  test("outside formulas no special character is left bare", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...SPECIAL, ..."ab ρ−⁸") }), (text) => {
        const { text: rest } = parts(escapeLatex(text));
        const bare = rest.replace(/\\text(backslash|asciitilde|asciicircum)\{\}|\\[&%_#${}]/g, "");
        expect(bare).toMatch(/^[ab ]*$/);
      }),
    );
  });
});
