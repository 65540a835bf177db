import { normalCdf } from "../normal.js";
import { check, finite } from "../../options.js";
import { majority, varianceRatio } from "../parameters.js";

/**
 * The distribution of Theorem 2: X | Y = + normal(0, sigma1² I), X | Y = - normal(0, beta sigma1² I), in any dimension.
 */
export interface Scales {
  /** How many times larger the variance of class - is: a finite number > 1. The paper says > 3, which this theorem never uses. */
  beta: number;
  /** Probability of class -, the majority: in [0.5, 1]. */
  pMinus: number;
}

/** The classifier sign(<theta, x> + b), of which only this ratio matters. */
export interface Linear extends Scales {
  /** b / (|theta| sigma1), any finite number. Negative values lie outside the theorem: see `error`. */
  u: number;
}

export const scaleRules = { beta: varianceRatio, pMinus: majority };

/** The theorem: no linear classifier with b >= 0 has an error below this. The limit of `floor` as beta grows. */
export const lowerBound = 0.25;

/**
 * The error probability of sign(<theta, x> + b): (1 - pMinus) Phi(-u) + pMinus Phi(u / sqrt(beta)).
 *
 * For u >= 0 it is at least 1/4. For u < 0 it need not be: with pMinus > 3/4, always predicting - (u to -infinity) errs
 * with probability 1 - pMinus < 1/4.
 */
export function error(options: Linear): number {
  const { plus, minus } = errorTerms(options);
  return plus + minus;
}

/** The two parts of `error`: being of class + and misclassified, being of class - and misclassified. */
export function errorTerms(options: Linear): { plus: number; minus: number } {
  check("theorem2.error", options, { ...scaleRules, u: finite });
  const { u, beta, pMinus } = options;
  return { plus: (1 - pMinus) * normalCdf(-u), minus: pMinus * normalCdf(u / Math.sqrt(beta)) };
}

/**
 * The smallest error of any linear classifier with b >= 0; ours, and sharper than the theorem's 1/4.
 * Where pMinus >= sqrt(beta) (1 - pMinus) it is 1/2: reached at b = 0 only, approached as b falls to 0 (`attained` is
 * false, as the theorem speaks of b > 0).
 */
export function floor(options: Scales): { u: number; error: number; attained: boolean } {
  check("theorem2.floor", options, scaleRules);
  const { beta, pMinus } = options;
  const ratio = ((1 - pMinus) * Math.sqrt(beta)) / pMinus;
  if (ratio <= 1) return { u: 0, error: 0.5, attained: false };
  const u = Math.sqrt((2 * Math.log(ratio)) / (1 - 1 / beta));
  return { u, error: error({ u, beta, pMinus }), attained: true };
}
