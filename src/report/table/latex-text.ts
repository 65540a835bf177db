const letters = (names: string): [string, string][] =>
  names.split(" ").map((pair) => [pair.slice(0, 1), `\\${pair.slice(1)}`]);

/** Signs that LaTeX has in formulas only. (Of "<", ">" and "|" its oldest fonts make something else in text.) */
const MATH: Readonly<Record<string, string>> = Object.fromEntries([
  ...letters("αalpha βbeta γgamma δdelta εvarepsilon ζzeta ηeta θtheta ιiota κkappa λlambda μmu νnu ξxi πpi ρrho"),
  ...letters("σsigma ςvarsigma τtau υupsilon φvarphi χchi ψpsi ωomega ϕphi ϵepsilon ΓGamma ΔDelta ΘTheta ΛLambda ΞXi"),
  ...letters("ΠPi ΣSigma ΥUpsilon ΦPhi ΨPsi ΩOmega ±pm ∓mp ×times ÷div ·cdot ≤le ≥ge ≈approx ≠ne ≪ll ≫gg ∞infty"),
  ...letters("∝propto ∈in →to ←leftarrow ↔leftrightarrow ↑uparrow ↓downarrow √surd ∂partial ∑sum ∏prod ∇nabla ℓell ‖|"),
  ...[..."<>|"].map((sign) => [sign, sign] as const),
  ["µ", "\\mu"],
  ["−", "-"],
]);

const TEXT: Readonly<Record<string, string>> = {
  ...Object.fromEntries([..."&%_#${}"].map((sign) => [sign, `\\${sign}`])),
  "\\": "\\textbackslash{}",
  "~": "\\textasciitilde{}",
  "^": "\\textasciicircum{}",
  "\u00a0": "~",
  "\u2009": "\\,",
  "\u202f": "\\,",
  "–": "--",
  "—": "---",
  "…": "\\dots{}",
  "“": "``",
  "”": "''",
  "‘": "`",
  "’": "'",
};

const RAISED: Readonly<Record<string, string>> = Object.fromEntries(
  [..."⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ"].map((s, i) => [s, "0123456789+-n"[i]!]),
);
const LOWERED: Readonly<Record<string, string>> = Object.fromEntries(
  [..."₀₁₂₃₄₅₆₇₈₉₊₋"].map((s, i) => [s, "0123456789+-"[i]!]),
);
const ACCENTS: Readonly<Record<string, string>> = { "\u0302": "hat", "\u0303": "tilde", "\u0304": "bar" };

const one = (signs: Readonly<Record<string, string>>): string =>
  `[${Object.keys(signs)
    .join("")
    .replace(/[\\\]^-]/g, "\\$&")}]`;
const accented = `(?:${one(MATH)}|[A-Za-z])${one(ACCENTS)}`;
const piece = `${accented}|${one(MATH)}|${one(RAISED)}+|${one(LOWERED)}+`;
const PARTS = new RegExp(`(?<math>(?:${piece})+)|${one(TEXT)}`, "gu");
const PIECES = new RegExp(piece, "gu");

/**
 * Text that LaTeX prints as it is, on one line: special characters escaped; Greek letters, "±", "−", "×", "10⁻⁸", "μ₁", "θ̂" and
 * the like as formulas. Letters of other scripts stay, for LaTeX reads UTF-8.
 */
export function escapeLatex(text: string): string {
  return text
    .normalize("NFC")
    .trim()
    .replace(/\s*[\r\n]\s*/g, " ")
    .replace(PARTS, (found, math?: string) => (math === undefined ? TEXT[found]! : `$${formula(math)}$`));
}

function formula(math: string): string {
  const pieces = math.match(PIECES)!.map((found) => {
    const [first, last] = [found.slice(0, 1), found.slice(-1)];
    if (first in RAISED) return `^{${[...found].map((sign) => RAISED[sign]).join("")}}`;
    if (first in LOWERED) return `_{${[...found].map((sign) => LOWERED[sign]).join("")}}`;
    return last in ACCENTS ? `\\${ACCENTS[last]}{${MATH[first] ?? first}}` : MATH[first]!;
  });
  // A command ends where a letter would go on with it.
  return pieces.reduce(
    (before, next) => before + (/\\[A-Za-z]+$/.test(before) && /^[A-Za-z]/.test(next) ? " " : "") + next,
  );
}
