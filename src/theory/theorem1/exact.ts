import { binomialLogPmf } from "../binomial.js";
import { logBoundedSum, logLatticeSum } from "../lattice-sum.js";
import { logAdd } from "../logarithms.js";
import { normalLogSf, normalLogWithin } from "../normal.js";
import { centreOf, checkMixture, labelsStray, noiseSd } from "./mixture.js";
import type { Mixture } from "./mixture.js";

export interface Exact {
  /** Mean of the estimator: the theorem's centre. */
  mean: number;
  variance: number;
  /** P(|estimator - mean| <= delta), which the theorem bounds from below; relative error below 1e-9. */
  coverage: number;
  /** 1 - coverage, summed by itself: relative error below 1e-9 at 1e-21 too. */
  failure: number;
  /** log(failure), also where the failure probability underflows. */
  logFailure: number;
}

/**
 * The exact law of the estimator, half the sum of the two pseudo-classes' means. Given the numbers K+ and K- of right
 * pseudo-labels it is normal, so probabilities are double sums over two binomials; see `logLatticeSum` for why they
 * take milliseconds at any size. Only where sigma is below about (mu1 - mu2) / sqrt(n) do they take time in proportion
 * to n: half a second at n = 1e5.
 */
export function exact(options: Mixture): Exact {
  checkMixture("exact", options);
  const { mu1, mu2, p, q, nPlus, nMinus, delta } = options;
  const sd = noiseSd(options);
  const labelVariance = ((mu1 - mu2) ** 2 / 4) * ((p * (1 - p)) / nPlus + (q * (1 - q)) / nMinus);
  const logFailure = Math.min(
    0, // but for rounding
    logAdd(
      logExpectation(options, (shift) => normalLogSf((delta - shift) / sd)),
      logExpectation(options, (shift) => normalLogSf((delta + shift) / sd)),
    ),
  );
  const failure = Math.exp(logFailure);
  const coverage =
    failure < 0.5 ? 1 - failure : Math.exp(logExpectation(options, (shift) => normalLogWithin(shift / sd, delta / sd)));
  return { mean: centreOf(options), variance: sd ** 2 + labelVariance, coverage, failure, logFailure };
}

/** log of the expectation of exp(logTail(shift)) over the shift of the mean that the label noise makes. */
function logExpectation(options: Mixture, logTail: (shift: number) => number): number {
  const { mu1, mu2, p, q, nPlus, nMinus } = options;
  const halfGap = (mu1 - mu2) / 2;
  const plus = { n: nPlus, precision: p, slope: halfGap / nPlus };
  const minus = { n: nMinus, precision: q, slope: -halfGap / nMinus };
  const [fine, coarse] = nPlus > nMinus ? [plus, minus] : [minus, plus];
  // A tail changes over a distance of one sd, which is so many steps of a count.
  const strideOf = ({ slope }: typeof plus) => noiseSd(options) / Math.abs(2 * slope);
  const shiftOf = ({ n, precision, slope }: typeof plus, k: number) => slope * (k - n * precision);
  const rangeOf = (side: typeof plus) => ({
    start: Math.round(side.n * side.precision),
    lo: 0,
    hi: side.n,
    maxStride: strideOf(side),
  });
  const logPmfFine = remembered((k) => binomialLogPmf(fine.n, fine.precision, k));
  const logPmfCoarse = (k: number) => binomialLogPmf(coarse.n, coarse.precision, k);
  const inner = rangeOf(fine);
  const over = remembered((k) => {
    const weight = logPmfCoarse(k);
    if (weight === -Infinity) return weight;
    const shift = shiftOf(coarse, k);
    const sum = logLatticeSum((i) => logPmfFine(i) + logTail(shift + shiftOf(fine, i)), inner);
    inner.start = sum.mode;
    return weight + sum.logSum;
  });
  // Summed over the finer count, a tail that spans some of its steps is smooth and log-concave in the other count.
  // A sharper one leaves a staircase (for intervals, a comb): then the other count is gone through one by one.
  return strideOf(fine) >= 1
    ? logLatticeSum(over, rangeOf(coarse)).logSum
    : logBoundedSum(over, logPmfCoarse, rangeOf(coarse));
}

function remembered(f: (k: number) => number): (k: number) => number {
  const known = new Map<number, number>();
  return (k) => {
    let value = known.get(k);
    if (value === undefined) known.set(k, (value = f(k)));
    return value;
  };
}

/** Probabilities of the three events that the theorem's proof bounds one by one. */
export interface Partial {
  /** P(|A| > delta/3), A the normal noise; at most `bound().terms.gaussian`. */
  gaussian: number;
  /** P(|B+| > delta/3), B+ = (mu1 - mu2)/2 (K+/nPlus - p); at most `bound().terms.plus`. */
  plus: number;
  /** P(|B-| > delta/3), B- = (mu1 - mu2)/2 (K-/nMinus - q); at most `bound().terms.minus`. */
  minus: number;
}

/** The exact probability of each event that the proof gives a third of delta to; relative error below 1e-9. */
export function partial(options: Mixture): Partial {
  checkMixture("partial", options);
  const { p, q, nPlus, nMinus, delta } = options;
  return {
    gaussian: Math.exp(Math.LN2 + normalLogSf(delta / 3 / noiseSd(options))),
    plus: strayProbability(nPlus, p, options),
    minus: strayProbability(nMinus, q, options),
  };
}

/** The two binomial tails beyond which the label noise exceeds delta/3. */
function strayProbability(n: number, precision: number, options: Mixture): number {
  const strays = (k: number) => labelsStray(k, n, precision, options);
  const logPmf = (k: number) => binomialLogPmf(n, precision, k);
  const above = Math.floor(n * precision) + 1;
  const below = Math.ceil(n * precision) - 1;
  let logTotal = -Infinity;
  if (above <= n && strays(n)) {
    const first = firstWhere(strays, above, n);
    logTotal = logAdd(logTotal, logLatticeSum(logPmf, { start: first, lo: first, hi: n }).logSum);
  }
  if (below >= 0 && strays(0)) {
    const last = n - firstWhere((k) => strays(n - k), n - below, n);
    logTotal = logAdd(logTotal, logLatticeSum(logPmf, { start: last, lo: 0, hi: last }).logSum);
  }
  return Math.min(1, Math.exp(logTotal));
}

/** The smallest integer of [low, high] where a condition holds that holds at `high` and from some point on. */
function firstWhere(holds: (k: number) => boolean, low: number, high: number): number {
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return high;
}
