import { check, level as levelRule, optional } from "../../options.js";
import { centreOf, checkMixture, mixtureRules } from "./mixture.js";
import type { Mixture } from "./mixture.js";

export interface Bound {
  /** (mu1 + mu2)/2 + (p - q)(mu1 - mu2)/2. */
  centre: number;
  /** The three terms that the theorem subtracts from 1: the normal noise, and the label noise of each pseudo-class. */
  terms: { gaussian: number; plus: number; minus: number };
  /** Lower bound on P(|estimator - centre| <= delta). Not clamped: below 0 (down to -5) the theorem says nothing. */
  probability: number;
}

/** Theorem 1 as published. With h = nPlus nMinus / (nPlus + nMinus) it is
 * 1 - 2 exp(-2 delta² h / (9 sigma²)) - 2 exp(-8 nPlus delta² / (9 (mu1 - mu2)²)) - 2 exp(-8 nMinus delta² / (9 (mu1 - mu2)²)).
 */
export function bound(options: Mixture): Bound {
  checkMixture("bound", options);
  const terms = termsOf(options);
  return { centre: centreOf(options), terms, probability: 1 - terms.gaussian - terms.plus - terms.minus };
}

/**
 * A sharper lower bound on the same probability; ours, not the paper's. The estimator is sub-Gaussian as a whole, so
 * its failure probability is at most 2 exp(-8 delta² h / (4 sigma² + (mu1 - mu2)²)), h = nPlus nMinus / (nPlus + nMinus).
 * Never below the theorem's: the exponent is at least three times the smallest of the theorem's three.
 */
export function subGaussianBound(options: Mixture): number {
  checkMixture("subGaussianBound", options);
  const { gap, sigma, delta } = lengths(options);
  return 1 - 2 * Math.exp((-8 * delta ** 2 * harmonic(options)) / (4 * sigma ** 2 + gap ** 2));
}

/** A cell without its delta; p and q may be given with the rest but do not matter, as the bound does not use them. */
export type Level = Omit<Mixture, "delta" | "p" | "q"> &
  Partial<Pick<Mixture, "p" | "q">> & {
    /** The probability, in [0, 1), that the bound shall give. */
    level: number;
  };

/** The delta at which the theorem's lower bound equals `level`, to the last bits of a double; Infinity beyond the largest. */
export function deltaForLevel(options: Level): number {
  const { delta: _, p, q, ...rules } = mixtureRules;
  check("theorem1.deltaForLevel", options, { ...rules, p: optional(p), q: optional(q), level: levelRule });
  const reaches = (delta: number) => {
    const { gaussian, plus, minus } = termsOf({ ...options, delta });
    return gaussian + plus + minus <= 1 - options.level;
  };
  let high = options.sigma;
  while (high < Infinity && !reaches(high)) high *= 2;
  if (high === Infinity) return high;
  let low = high / 2;
  while (reaches(low)) low /= 2;
  for (;;) {
    const middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) return high;
    if (reaches(middle)) high = middle;
    else low = middle;
  }
}

function termsOf(options: Omit<Mixture, "p" | "q">): Bound["terms"] {
  const { gap, sigma, delta } = lengths(options);
  const label = (n: number) => 2 * Math.exp((-8 * n * delta ** 2) / (9 * gap ** 2));
  const gaussian = 2 * Math.exp((-2 * delta ** 2 * harmonic(options)) / (9 * sigma ** 2));
  return { gaussian, plus: label(options.nPlus), minus: label(options.nMinus) };
}

/** In units of about delta, as squares of tiny or huge lengths would be 0 or infinite; a power of two, by which division is exact. */
function lengths({ mu1, mu2, sigma, delta }: Pick<Mixture, "mu1" | "mu2" | "sigma" | "delta">) {
  const unit = 2 ** Math.floor(Math.log2(delta));
  return { gap: (mu1 - mu2) / unit, sigma: sigma / unit, delta: delta / unit };
}

/** Half the harmonic mean of the two counts. */
function harmonic({ nPlus, nMinus }: Pick<Mixture, "nPlus" | "nMinus">): number {
  return (nPlus * nMinus) / (nPlus + nMinus);
}
