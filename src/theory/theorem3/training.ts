import { check, count, within } from "../../options.js";
import { majority, varianceRatio } from "../parameters.js";

/**
 * The distribution of Theorem 3: X | Y = + normal(0, sigma1² I_d), X | Y = - normal(0, beta sigma1² I_d), seen through
 * the self-supervised feature Z = k1 |X|² + k2 with unknown k1, k2 > 0.
 */
export interface Feature {
  /**
   * How many times larger the variance of class - is: a finite number > 1. The paper says > 3; for 1 < beta <= 3 the
   * same proof gives the quadratic case for every delta, so that is what `bound` returns there.
   */
  beta: number;
  /** Dimension of x, from 1. */
  d: number;
  /** Probability of class -, the majority: in [0.5, 1]. */
  pMinus: number;
}

/** The counts that the classifier sign(-Z + b) is trained on; b is half the sum of the two class means of Z. */
export interface Counts extends Feature {
  /** Number of training points of class +, from 1. Need not follow pMinus. */
  nPlus: number;
  /** Number of training points of class -, from 1. */
  nMinus: number;
}

export interface Training extends Counts {
  /**
   * In (0, (beta - 1)/(beta + 1)): the good event is that the mean of |x|² over each class of the training set is
   * within a factor 1 ± delta of its expectation.
   */
  delta: number;
}

export const featureRules = { beta: varianceRatio, d: count, pMinus: majority };
export const countRules = { ...featureRules, nPlus: count, nMinus: count };

/** The rules of a `Training`: the range of delta depends on beta. */
export function trainingRules({ beta }: Training) {
  const largest = varianceRatio.accepts(beta) ? (beta - 1) / (beta + 1) : 1;
  return { ...countRules, delta: within(0, largest, "between 0 and (beta - 1)/(beta + 1)") };
}

export function checkTraining(caller: string, options: Training): void {
  check(`theorem3.${caller}`, options, trainingRules(options));
}
