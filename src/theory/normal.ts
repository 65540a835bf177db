import erfc from "@stdlib/math-base-special-erfc";
import erfcx from "@stdlib/math-base-special-erfcx";
import { log1mExp } from "./logarithms.js";

/** P(Z <= x) of a standard normal Z, to relative 1e-13 down to the smallest double (x = -38). */
export function normalCdf(x: number): number {
  return erfc(-x / Math.SQRT2) / 2;
}

/** P(Z > x), as exact far to the right as `normalCdf` is to the left. */
export function normalSf(x: number): number {
  return erfc(x / Math.SQRT2) / 2;
}

/** The density of a standard normal number at x. */
export function normalPdf(x: number): number {
  return Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
}

/** log P(Z > x), to relative 1e-13 for every x: beyond 38 the probability itself underflows. */
export function normalLogSf(x: number): number {
  if (x > 5) return Math.log(erfcx(x / Math.SQRT2) / 2) - 0.5 * x * x;
  return x < -1 ? Math.log1p(-normalSf(-x)) : Math.log(normalSf(x));
}

/** log P(|Z - z| <= h), h > 0. */
export function normalLogWithin(z: number, h: number): number {
  const far = Math.abs(z);
  if (h < 1e-4) {
    // The difference of two nearly equal probabilities would lose digits: the density's midpoint rule with its first
    // correction is right to (h z)^4 / 120, below 1e-11 wherever the density matters (|z| < 60).
    return Math.log((2 * h) / Math.sqrt(2 * Math.PI)) - 0.5 * far * far + Math.log1p((h * h * (far * far - 1)) / 6);
  }
  if (far > h) {
    const nearEdge = normalLogSf(far - h);
    return nearEdge + log1mExp(normalLogSf(far + h) - nearEdge);
  }
  return Math.log1p(-normalSf(h - far) - normalSf(h + far));
}
