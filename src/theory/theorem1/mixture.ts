import { check, count, finite, positive, probability } from "../../options.js";

/**
 * One cell of Theorem 1. Y = ±1 with equal probability, X | Y = +1 normal(mu1, sigma²), X | Y = -1 normal(mu2, sigma²).
 * Unlabeled points carry pseudo-labels of a base classifier, nPlus of them +1 and nMinus of them -1; both counts are
 * fixed. Whether a pseudo-label is right is independent of everything else.
 */
export interface Mixture {
  /** Mean of class +. The paper takes mu1 > mu2; the formulas hold for any order, as they use (mu1 - mu2)². */
  mu1: number;
  /** Mean of class -. */
  mu2: number;
  /** Standard deviation of both classes, > 0. */
  sigma: number;
  /**
   * Precision for +: the probability, in [0, 1], that a point with pseudo-label +1 is of class +. Not the recall: a
   * classifier biased against class + has low recall but high precision for it, so recalls turn the sign of p - q round.
   */
  p: number;
  /** Precision for -: the probability, in [0, 1], that a point with pseudo-label -1 is of class -. */
  q: number;
  /** Number of points with pseudo-label +1, from 1. */
  nPlus: number;
  /** Number of points with pseudo-label -1, from 1. */
  nMinus: number;
  /** Half width, > 0, of the interval around the centre that the theorem speaks of. */
  delta: number;
}

export const mixtureRules = {
  mu1: finite,
  mu2: finite,
  sigma: positive,
  p: probability,
  q: probability,
  nPlus: count,
  nMinus: count,
  delta: positive,
};

export function checkMixture(caller: string, options: Mixture): void {
  check(`theorem1.${caller}`, options, mixtureRules);
}

/** Where the estimator converges: the midpoint of the means, moved by (p - q)(mu1 - mu2)/2. */
export function centreOf({ mu1, mu2, p, q }: Mixture): number {
  return (mu1 + mu2) / 2 + ((p - q) * (mu1 - mu2)) / 2;
}

/** Standard deviation of the part of the estimator that comes from the normal noise. */
export function noiseSd({ sigma, nPlus, nMinus }: Mixture): number {
  return (sigma / 2) * Math.sqrt(1 / nPlus + 1 / nMinus);
}

/**
 * Whether k right pseudo-labels among n make |(mu1 - mu2)/2 (k/n - precision)| > delta/3. The boundary is outside, up
 * to rounding: k/n - p = 0.1 must not count as more than 0.1 because 0.8 is not a binary fraction.
 */
export function labelsStray(k: number, n: number, precision: number, { mu1, mu2, delta }: Mixture): boolean {
  return (Math.abs(mu1 - mu2) / 2) * Math.abs(k - n * precision) > (n * delta * (1 + 1e-12)) / 3;
}
