import { chiSquareLogCdf, chiSquareLogSf } from "../gamma.js";
import { logAdd } from "../logarithms.js";
import { check, count, optional, positive } from "../../options.js";
import { featureRules } from "./training.js";
import type { Feature } from "./training.js";

/** An error and its parts, with logarithms for what underflows. */
export interface ClassErrors {
  error: number;
  logError: number;
  /** Error given class +. */
  plus: number;
  logPlus: number;
  /** Error given class -. */
  minus: number;
  logMinus: number;
}

/**
 * The error of predicting + where |x|² < threshold d sigma1²: `plus` is P(chi-square_d > d threshold), `minus` is
 * P(chi-square_d < d threshold / beta).
 */
export interface ThresholdError extends ClassErrors {
  /** In units of the mean of |x|² in class +. */
  threshold: number;
}

/** The error over both classes from those given each. */
export function overClasses(pMinus: number, logPlus: number, logMinus: number): ClassErrors {
  const logError = logAdd(Math.log(1 - pMinus) + logPlus, Math.log(pMinus) + logMinus);
  const [plus, minus, error] = [Math.exp(logPlus), Math.exp(logMinus), Math.exp(logError)];
  return { error, logError, plus, logPlus, minus, logMinus };
}

/** The classifier's error at a threshold > 0: k1, k2 and sigma1 cancel. */
export function errorAt(options: Feature & { threshold: number }): ThresholdError {
  check("theorem3.errorAt", options, { ...featureRules, threshold: positive });
  return thresholdError(options, options.threshold);
}

/** `errorAt` without the checks, for inner loops. */
export function thresholdError({ beta, d, pMinus }: Feature, threshold: number): ThresholdError {
  const logPlus = chiSquareLogSf(d, d * threshold);
  const logMinus = chiSquareLogCdf(d, (d * threshold) / beta);
  return { threshold, ...overClasses(pMinus, logPlus, logMinus) };
}

/** The error after infinitely many training points: at the threshold (1 + beta)/2. */
export function populationMidpoint(options: Feature): ThresholdError {
  check("theorem3.populationMidpoint", options, featureRules);
  return thresholdError(options, (1 + options.beta) / 2);
}

/**
 * The best threshold on |x|², (beta/(beta - 1)) (log beta + (2/d) log(p+/p-)), which the midpoint is not, and its error.
 * Where it is not positive (`trivial`), always predicting - is best, with error 1 - pMinus.
 */
export function bayes(options: Feature): { threshold: number; error: number; logError: number; trivial: boolean } {
  check("theorem3.bayes", options, featureRules);
  const { beta, d, pMinus } = options;
  const threshold = (beta / (beta - 1)) * (Math.log(beta) + (2 / d) * Math.log((1 - pMinus) / pMinus));
  if (threshold <= 0) return { threshold, error: 1 - pMinus, logError: Math.log(1 - pMinus), trivial: true };
  const { error, logError } = thresholdError(options, threshold);
  return { threshold, error, logError, trivial: false };
}

/**
 * The first dimension in which the error at the population's midpoint is below `below`, by default 1 - pMinus, the error
 * of always predicting the majority. In lower dimensions the self-supervised classifier can be the worse one.
 * @returns undefined if there is none up to `largest` (default 100,000)
 */
export function firstDimension(options: Omit<Feature, "d"> & { below?: number; largest?: number }): number | undefined {
  const { beta, pMinus } = featureRules;
  const own = { below: optional(positive), largest: optional(count) };
  check("theorem3.firstDimension", options, { beta, pMinus, ...own });
  const limit = Math.log(options.below ?? 1 - options.pMinus);
  const largest = options.largest ?? 100_000;
  for (let d = 1; d <= largest; d++) {
    if (thresholdError({ ...options, d }, (1 + options.beta) / 2).logError < limit) return d;
  }
  return undefined;
}
