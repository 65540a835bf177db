import log1pmx from "@stdlib/math-base-special-log1pmx";
import { stirlingRemainder } from "./stirling.js";

/**
 * log P(K = k) for K binomial(n, p), by Loader's saddle-point form (2000): the distance of k from n p enters by itself,
 * so that the value keeps 1e-12 at n = 1e9, where k log p + ... would cancel terms of 1e9.
 */
export function binomialLogPmf(n: number, p: number, k: number): number {
  if (k < 0 || k > n) return -Infinity;
  if (k === 0) return p === 1 ? -Infinity : n * Math.log1p(-p);
  if (k === n) return p === 0 ? -Infinity : n * Math.log(p);
  if (p === 0 || p === 1) return -Infinity;
  const excess = k - n * p;
  return (
    deviation(k, n * p, -excess / k) +
    deviation(n - k, n * (1 - p), excess / (n - k)) +
    stirlingRemainder(n) -
    stirlingRemainder(k) -
    stirlingRemainder(n - k) +
    0.5 * Math.log(n / (2 * Math.PI * k * (n - k)))
  );
}

/** x log(m/x) - (m - x), where r = (m - x)/x: from r near the mean, from the quotient far off, where 1 + r loses it. */
function deviation(x: number, m: number, r: number): number {
  return x * (Math.abs(r) < 0.5 ? log1pmx(r) : Math.log(m / x) - r);
}
