import { logAdd } from "./logarithms.js";

export interface LatticeSum {
  readonly logSum: number;
  /** Where the largest term is: a good start for the next sum of a similar function. */
  readonly mode: number;
}

/** Terms below exp(-40) = 4e-18 of the largest are left out. */
const negligible = 40;

/**
 * log of the sum of exp(logTerm(i)) over the integers lo <= i <= hi, for a logTerm that rises to one maximum and then
 * falls (a product of binomial or gamma densities and normal or gamma tails: all are log-concave). Sums outward from
 * the maximum, wherever it is, so that tails of 1e-21 or 1e-500 are as exact as probabilities near 1.
 *
 * Where the terms change slowly, only every h-th is taken, times h: by Poisson summation a sum of a smooth function of
 * width w over a lattice of step h is off by exp(-2 pi^2 (w/h)^2), which is 1e-34 at w/h = 2. The width is measured at
 * the maximum (exp(logTerm) falls by less than exp(-1/2) within w on both sides); where another part of logTerm may be
 * sharper, `maxStride` says so. That makes the cost independent of the number of terms.
 *
 * @param start an integer in [lo, hi] where logTerm is finite
 */
export function logLatticeSum(
  logTerm: (i: number) => number,
  { start, lo, hi, maxStride = 1 }: { start: number; lo: number; hi: number; maxStride?: number },
): LatticeSum {
  const mode = climb(logTerm, start, lo, hi);
  const top = logTerm(mode);
  if (top === -Infinity) return { logSum: top, mode };
  const stride = widest(logTerm, mode, top, maxStride);
  let sum = 1;
  for (const direction of [stride, -stride]) {
    for (let i = mode + direction; i >= lo && i <= hi; i += direction) {
      const below = logTerm(i) - top;
      if (below < -negligible) break;
      sum += Math.exp(below);
    }
  }
  return { logSum: top + Math.log(sum * stride), mode };
}

/**
 * log of the sum of exp(logTerm(i)) over lo <= i <= hi for terms of any shape below a log-concave bound: outward from
 * the bound's maximum, both ways at once, until the bound itself is negligible beside the sum so far.
 */
export function logBoundedSum(
  logTerm: (i: number) => number,
  logBound: (i: number) => number,
  { start, lo, hi }: { start: number; lo: number; hi: number },
): number {
  const mode = climb(logBound, start, lo, hi);
  let total = logTerm(mode);
  const matters = (i: number) => {
    if (i < lo || i > hi) return false;
    const most = logBound(i);
    // Ten more than for a single sum: the bound's whole remainder can be thousands of times its next term.
    return most > -Infinity && most >= total - negligible - 10;
  };
  for (let [up, down] = [mode + 1, mode - 1]; ;) {
    const [higher, lower] = [matters(up), matters(down)];
    if (!higher && !lower) return total;
    if (higher) total = logAdd(total, logTerm(up++));
    if (lower) total = logAdd(total, logTerm(down--));
  }
}

/** The maximum of a unimodal function on the integers of [lo, hi]: steps that double while they climb, then halve. */
function climb(f: (i: number) => number, start: number, lo: number, hi: number): number {
  let at = start;
  let value = f(at);
  let step = 1;
  for (;;) {
    const next = [at + step, at - step].find((i) => i >= lo && i <= hi && f(i) > value);
    if (next !== undefined) {
      at = next;
      value = f(next);
      step *= 2;
    } else if (step > 1) {
      step /= 2;
    } else {
      return at;
    }
  }
}

/** The largest power of two that is at most half the width of exp(f) around its maximum, and at most `limit`. */
function widest(f: (i: number) => number, mode: number, top: number, limit: number): number {
  let stride = 1;
  while (2 * stride <= limit && Math.min(f(mode + 4 * stride), f(mode - 4 * stride)) >= top - 0.5) stride *= 2;
  return stride;
}
