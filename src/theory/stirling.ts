import gammaln from "@stdlib/math-base-special-gammaln";

/**
 * What Stirling's formula leaves out: log Gamma(z + 1) - [(z + 1/2) log z - z + log(2 pi) / 2], for z > 0, to 1e-14.
 * With it, densities at large counts are computed from small numbers, where the difference of log-gammas would lose
 * all digits (at z = 1e9 they are 2e10 and their difference is of order 1).
 */
export function stirlingRemainder(z: number): number {
  if (z < 10) return gammaln(z + 1) - ((z + 0.5) * Math.log(z) - z + 0.5 * Math.log(2 * Math.PI));
  const x = 1 / z;
  const y = x * x;
  return x * (1 / 12 - y * (1 / 360 - y * (1 / 1260 - y * (1 / 1680 - y * (1 / 1188 - (y * 691) / 360360)))));
}
