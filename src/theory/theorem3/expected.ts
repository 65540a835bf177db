import { chiSquareLogCdf, chiSquareLogSf } from "../gamma.js";
import { logLatticeSum } from "../lattice-sum.js";
import { check } from "../../options.js";
import { stirlingRemainder } from "../stirling.js";
import { overClasses } from "./error.js";
import type { ClassErrors } from "./error.js";
import { countRules } from "./training.js";
import type { Counts } from "./training.js";

/** The error, and that given each class, as means over training sets. */
export type ExpectedError = ClassErrors;

/**
 * The mean of the classifier's error over training sets: a double integral over the two classes' means of |x|², each a
 * gamma number. In the logarithm of a gamma number the integrand is smooth and falls off on both sides, where the
 * trapezoidal rule converges geometrically. Relative error below 1e-9, in the far tails too.
 */
export function expectedError(options: Counts): ExpectedError {
  check("theorem3.expectedError", options, countRules);
  const { beta, d, pMinus } = options;
  const logPlus = logMean(options, (threshold) => chiSquareLogSf(d, d * threshold));
  const logMinus = logMean(options, (threshold) => chiSquareLogCdf(d, (d * threshold) / beta));
  return overClasses(pMinus, logPlus, logMinus);
}

/** log of the mean of exp(f(threshold)) over training sets; the threshold is (U+ + beta U-)/2. */
function logMean({ beta, d, nPlus, nMinus }: Counts, f: (threshold: number) => number): number {
  const plus = logGammaGrid((nPlus * d) / 2, d);
  const minus = logGammaGrid((nMinus * d) / 2, d);
  const everywhere = { lo: -Number.MAX_SAFE_INTEGER, hi: Number.MAX_SAFE_INTEGER };
  let start = 0;
  const over = (i: number) => {
    const inner = logLatticeSum((j) => minus.logWeight(j) + f((plus.value(i) + beta * minus.value(j)) / 2), {
      ...everywhere,
      start,
    });
    start = inner.mode;
    return plus.logWeight(i) + inner.logSum;
  };
  return logLatticeSum(over, { ...everywhere, start: 0 }).logSum;
}

/**
 * Nodes and weights for a gamma number of mean 1: equidistant in its logarithm, whose standard deviation is about
 * 1/sqrt(shape). The step is half of that; `d` more and 6 more in its place allow for the sharpness of the error as a
 * function of the threshold and for the far from normal shapes below 6.
 */
function logGammaGrid(shape: number, d: number) {
  const step = 0.5 / Math.sqrt(shape + d + 6);
  const logConstant = Math.log(step) + 0.5 * Math.log(shape / (2 * Math.PI)) - stirlingRemainder(shape);
  return {
    value: (i: number) => Math.exp(i * step),
    logWeight: (i: number) => logConstant - shape * (Math.expm1(i * step) - i * step),
  };
}
