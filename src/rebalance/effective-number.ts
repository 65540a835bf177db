import { check, level, type Rule } from "../options.js";

/** Images of each class, in label order. */
export const countsRule: Rule = {
  range: "a non-empty array of finite numbers >= 0",
  accepts: (v) => Array.isArray(v) && v.length > 0 && v.every((n) => Number.isFinite(n) && n >= 0),
};

/**
 * Effective number of images of each class, (1 - beta^n) / (1 - beta): 1 for beta = 0, tends to n as beta
 * tends to 1 (Cui et al. 2019, equation 2). 0 of a class without images.
 */
export function effectiveNumbers(counts: readonly number[], beta: number): number[] {
  check("effectiveNumbers", { counts, beta }, { counts: countsRule, beta: level });
  // expm1 and log1p keep the digits that 1 - beta^n loses when beta is close to 1. Of beta 0 the logarithm is -Infinity.
  const log = Math.log1p(beta - 1);
  return counts.map((n) => (n === 0 ? 0 : -Math.expm1(n * log) / (1 - beta)));
}

/**
 * Class-balanced weights, one over the effective number of images, scaled so that they add up to the number of classes
 * (Cui et al. 2019; the paper's CB losses and DRW use beta = 0.9999). beta = 0 weighs all classes alike. A class without
 * images has weight 0, and the others add up to the number of classes.
 * @param counts images of each class as trained on, in label order; at least one > 0
 * @param beta 0 <= beta < 1
 * @throws RangeError for a parameter out of range
 */
export function effectiveNumberWeights(counts: readonly number[], beta: number): number[] {
  const inverse = effectiveNumbers(counts, beta).map((number) => (number > 0 ? 1 / number : 0));
  const sum = inverse.reduce((a, b) => a + b, 0);
  if (sum === 0) throw new RangeError("effectiveNumberWeights: expected images in at least one class, found none");
  return inverse.map((weight) => (weight * counts.length) / sum);
}
