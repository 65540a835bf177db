import gammaln from "@stdlib/math-base-special-gammaln";
import log1pmx from "@stdlib/math-base-special-log1pmx";
import { log1mExp } from "./logarithms.js";
import { stirlingRemainder } from "./stirling.js";

/*
 * The regularised incomplete gamma functions, own code because @stdlib's (math-base-special-gammainc 0.3.1) has no
 * logarithms, so that everything below 1e-308 is lost, and because its large shapes are wrong: from shape 500 up its
 * expansion around the mean is off by 1e-3 to 2e-1 (Q(4500, 4500) = 0.50396 where 0.49802 is right; at shape 1e6
 * still 8e-4). Up to shape 200 the two agree to 1e-12, which the tests use.
 */

/** Terms that neither expansion needs: both take about 6 sqrt(a) near the mean, 1e5 at shape 2e8. */
const maxTerms = 10_000_000;

/** log P(a, x): the probability that a gamma number of shape a (> 0) is at most x (>= 0). Relative 1e-12 as P. */
export function logGammaP(a: number, x: number): number {
  if (x <= 0) return -Infinity;
  return x < a + 1 ? logSeries(a, x) : log1mExp(logFraction(a, x));
}

/** log Q(a, x) = log(1 - P(a, x)). */
export function logGammaQ(a: number, x: number): number {
  if (x <= 0) return 0;
  return x < a + 1 ? log1mExp(logSeries(a, x)) : logFraction(a, x);
}

/** log P(chi-square with df degrees of freedom <= x). */
export function chiSquareLogCdf(df: number, x: number): number {
  return logGammaP(df / 2, x / 2);
}

/** log P(chi-square with df degrees of freedom > x). */
export function chiSquareLogSf(df: number, x: number): number {
  return logGammaQ(df / 2, x / 2);
}

/**
 * P(1 - delta <= U <= 1 + delta) for a chi-square number of so many degrees of freedom over its mean, 0 < delta < 1.
 * @param logOutside log of the probability of the rest, which has all digits but where nearly everything is outside
 */
export function chiSquareWithin(df: number, delta: number, logOutside: number): number {
  if (logOutside < -1e-3) return -Math.expm1(logOutside);
  // So near the mean the density hardly bends: Simpson's rule errs by the fourth power of a thousandth of its width.
  const a = df / 2;
  const density = (excess: number) => Math.exp(logPower(a, a * (1 + excess))) / (1 + excess);
  return ((a * delta) / 3) * (density(-delta) + 4 * density(0) + density(delta));
}

/** log of x^a e^-x / Gamma(a + 1). Around x = a the powers are of order a log a but cancel: log1pmx keeps the digits. */
function logPower(a: number, x: number): number {
  if (a < 10) return a * Math.log(x) - x - gammaln(a + 1);
  return a * log1pmx((x - a) / a) - 0.5 * Math.log(2 * Math.PI * a) - stirlingRemainder(a);
}

/** log P by x^a e^-x / Gamma(a + 1) (1 + x / (a + 1) + x^2 / ((a + 1)(a + 2)) + ...): all terms positive. */
function logSeries(a: number, x: number): number {
  let term = 1;
  let sum = 1;
  for (let n = 1; n < maxTerms; n++) {
    term *= x / (a + n);
    sum += term;
    if (term < sum * 1e-17) return logPower(a, x) + Math.log(sum);
  }
  throw new Error(`incomplete gamma: no convergence at shape ${a}, x ${x}`);
}

/** log Q by Legendre's continued fraction, evaluated by Lentz's method; for x >= a + 1. */
function logFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = Infinity;
  let d = 1 / b;
  let fraction = d;
  for (let i = 1; i < maxTerms; i++) {
    const numerator = -i * (i - a);
    b += 2;
    d = 1 / (numerator * d + b);
    c = b + numerator / c;
    const factor = c * d;
    fraction *= factor;
    if (Math.abs(factor - 1) < 1e-16) return logPower(a, x) + Math.log(a * fraction);
  }
  throw new Error(`incomplete gamma: no convergence at shape ${a}, x ${x}`);
}
