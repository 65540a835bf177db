import { logAdd } from "../logarithms.js";
import { checkTraining } from "./training.js";
import type { Training } from "./training.js";

export interface Bound {
  /** Lower bound on the probability, over training sets, of the good event. Not clamped: below 0 it says nothing. */
  probability: number;
  /** Upper bound on the classifier's error on that event. */
  error: number;
  /** log(error), also where the error underflows. */
  logError: number;
  /** Which form the exponent of class + has. */
  regime: "linear" | "quadratic";
}

/**
 * Theorem 3 as published. With g = beta - 1 - (1 + beta) delta, the probability is at least
 * 1 - 2 exp(-nMinus d delta²/8) - 2 exp(-nPlus d delta²/8), and the error at most
 * p+ exp(-d g²/32) + p- exp(-d g²/(32 beta²)) where delta >= (beta - 3)/(beta + 1) ("quadratic"),
 * p+ exp(-d g/16) + p- exp(-d g²/(32 beta²)) below ("linear"). There the quadratic exponent would be false, not loose:
 * the tail of a chi-square is Gaussian only up to twice its mean. The two agree where they meet.
 */
export function bound(options: Training): Bound {
  checkTraining("bound", options);
  const { beta, d, pMinus, nPlus, nMinus, delta } = options;
  const fails = (n: number) => 2 * Math.exp((-n * d * delta ** 2) / 8);
  const g = beta - 1 - (1 + beta) * delta;
  const regime = delta >= (beta - 3) / (beta + 1) ? "quadratic" : "linear";
  const plus = regime === "quadratic" ? (d * g ** 2) / 32 : (d * g) / 16;
  const minus = (d * g ** 2) / (32 * beta ** 2);
  const logError = logAdd(Math.log(1 - pMinus) - plus, Math.log(pMinus) - minus);
  return { probability: 1 - fails(nMinus) - fails(nPlus), error: Math.exp(logError), logError, regime };
}

/**
 * A sharper bound on the error on the same event; ours, not the paper's: Chernoff's bound of both chi-square tails,
 * p+ exp(-(d/2)(s - 1 - log s)) + p- exp(-(d/2)(t - 1 - log t)) with s = (1 + beta)(1 - delta)/2 and
 * t = (1 + beta)(1 + delta)/(2 beta).
 */
export function chernoffBound(options: Training): { error: number; logError: number } {
  checkTraining("chernoffBound", options);
  const { beta, d, pMinus, delta } = options;
  const exponent = (ratio: number) => (d / 2) * (ratio - 1 - Math.log(ratio));
  const plus = exponent(((1 + beta) * (1 - delta)) / 2);
  const minus = exponent(((1 + beta) * (1 + delta)) / (2 * beta));
  const logError = logAdd(Math.log(1 - pMinus) - plus, Math.log(pMinus) - minus);
  return { error: Math.exp(logError), logError };
}
