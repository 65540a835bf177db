import { chiSquareLogCdf, chiSquareLogSf, chiSquareWithin } from "../gamma.js";
import { logAdd } from "../logarithms.js";
import { thresholdError } from "./error.js";
import type { ThresholdError } from "./error.js";
import { checkTraining } from "./training.js";
import type { Training } from "./training.js";

export interface Exact {
  /** Probability of the good event, which the theorem bounds from below; relative error below 1e-9. */
  probability: number;
  /** Log-probabilities that the good event fails for each class; exact where the probabilities underflow. */
  logFailure: { plus: number; minus: number };
  /**
   * p+ times the error given + at the smallest threshold of the good event, plus p- times the error given - at the
   * largest: what the theorem's error bound is a bound of, and no smaller than the error of any training set there.
   */
  worstError: number;
  /** log(worstError), also where it underflows. */
  logWorstError: number;
  /** The error at the smallest threshold of the good event, (1 + beta)(1 - delta)/2, at its middle, and at its largest. */
  smallest: ThresholdError;
  midpoint: ThresholdError;
  largest: ThresholdError;
}

/** The exact probabilities that Theorem 3 bounds. */
export function exact(options: Training): Exact {
  checkTraining("exact", options);
  const { beta, d, pMinus, nPlus, nMinus, delta } = options;
  const fails = (n: number) =>
    logAdd(chiSquareLogCdf(n * d, n * d * (1 - delta)), chiSquareLogSf(n * d, n * d * (1 + delta)));
  const logFailure = { plus: fails(nPlus), minus: fails(nMinus) };
  const [smallest, midpoint, largest] = [1 - delta, 1, 1 + delta].map((factor) =>
    thresholdError(options, ((1 + beta) / 2) * factor),
  ) as [ThresholdError, ThresholdError, ThresholdError];
  const logWorstError = logAdd(Math.log(1 - pMinus) + smallest.logPlus, Math.log(pMinus) + largest.logMinus);
  return {
    probability:
      chiSquareWithin(nPlus * d, delta, logFailure.plus) * chiSquareWithin(nMinus * d, delta, logFailure.minus),
    logFailure,
    worstError: Math.exp(logWorstError),
    logWorstError,
    smallest,
    midpoint,
    largest,
  };
}
