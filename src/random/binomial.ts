import { uniform } from "./uniform.js";
import type { BitSource } from "./xoshiro.js";

/**
 * The number of successes among n trials of probability p, exactly distributed: by inversion where the mean is below
 * 10, otherwise by Hörmann's transformed rejection BTRS (1993), about 1.2 candidates a number whatever n is.
 * @param n an integer from 0 to 2^31 - 1
 * @param p a number in [0, 1]
 */
export function binomial(source: BitSource, n: number, p: number): number {
  if (!Number.isInteger(n) || n < 0 || n > 2147483647) {
    throw new RangeError(`binomial: n must be an integer from 0 to 2147483647 (got ${n})`);
  }
  if (!(p >= 0 && p <= 1)) throw new RangeError(`binomial: p must be a number in [0, 1] (got ${p})`);
  if (p > 0.5) return n - atMostHalf(source, n, 1 - p);
  return atMostHalf(source, n, p);
}

function atMostHalf(source: BitSource, n: number, p: number): number {
  if (n === 0 || p === 0) return 0;
  return n * p < 10 ? inversion(source, n, p) : transformedRejection(source, n, p);
}

/** Walks up the cumulative distribution from zero. The mean is below 10, so exp(-10) at worst is where it starts. */
function inversion(source: BitSource, n: number, p: number): number {
  const odds = p / (1 - p);
  const none = Math.exp(n * Math.log1p(-p));
  for (;;) {
    let u = uniform(source);
    let probability = none;
    for (let k = 0; k <= n; k++) {
      if (u < probability) return k;
      u -= probability;
      probability *= (odds * (n - k)) / (k + 1);
      if (probability === 0) break;
    }
    // Rounding left a sliver above the last term (below 1e-15): draw again.
  }
}

function transformedRejection(source: BitSource, n: number, p: number): number {
  const spread = Math.sqrt(n * p * (1 - p));
  const b = 1.15 + 2.53 * spread;
  const a = -0.0873 + 0.0248 * b + 0.01 * p;
  const centre = n * p + 0.5;
  const alpha = (2.83 + 5.1 / b) * spread;
  const squeeze = 0.92 - 4.2 / b;
  const mode = Math.floor((n + 1) * p);
  const logOdds = Math.log(p / (1 - p));
  for (;;) {
    let v = uniform(source);
    const u = uniform(source) - 0.5;
    const us = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / us + b) * u + centre);
    if (us >= 0.07 && v <= squeeze) return k;
    if (!(k >= 0 && k <= n)) continue;
    v = Math.log((v * alpha) / (a / (us * us) + b));
    if (v <= logRatio(n, k, mode, logOdds)) return k;
  }
}

/**
 * log of P(k) / P(mode), by Stirling's formula with its remainder. The powers are taken with log1p of exact integer
 * quotients, so that nothing is lost at n = 1e9, where the naive logarithms are 1e10 and their difference is of order 1.
 */
function logRatio(n: number, k: number, mode: number, logOdds: number): number {
  return (
    (mode + 0.5) * Math.log1p((mode - k) / (k + 1)) +
    (n - mode + 0.5) * Math.log1p((k - mode) / (n - k + 1)) +
    (k - mode) * (Math.log((n - k + 1) / (k + 1)) + logOdds) +
    stirlingRemainder(mode) +
    stirlingRemainder(n - mode) -
    stirlingRemainder(k) -
    stirlingRemainder(n - k)
  );
}

/** log k! - [(k + 1/2) log(k + 1) - (k + 1) + log(2 pi) / 2], to 1e-13: exact sums below 16, then the series. */
const smallRemainders = Float64Array.from({ length: 16 }, (_, k) => {
  let logFactorial = 0;
  for (let i = 2; i <= k; i++) logFactorial += Math.log(i);
  return logFactorial - (k + 0.5) * Math.log(k + 1) + (k + 1) - 0.5 * Math.log(2 * Math.PI);
});

function stirlingRemainder(k: number): number {
  if (k < 16) return smallRemainders[k]!;
  const x = 1 / (k + 1);
  const y = x * x;
  return x * (1 / 12 - y * (1 / 360 - y * (1 / 1260 - y * (1 / 1680 - y * (1 / 1188)))));
}
