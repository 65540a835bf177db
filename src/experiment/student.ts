import gammaln from "@stdlib/math-base-special-gammaln";

/**
 * Probability that Student's t is at least so far from 0, to either side; relative error below 1e-9, however small it is.
 * @param freedom degrees of freedom, an integer of 1 or more
 */
export function studentP(t: number, freedom: number): number {
  const ratio = t ** 2 / freedom;
  const [outside, inside] = [1 / (1 + ratio), 1 / (1 + 1 / ratio)];
  const [a, b] = [freedom / 2, 1 / 2];
  const isFar = outside * (a + b + 2) < a + 1; // where the fraction converges fast
  return isFar ? incompleteBeta(a, b, outside, inside) : 1 - incompleteBeta(b, a, inside, outside);
}

/**
 * The regularised incomplete beta function of x at a and b, y = 1 - x, by its continued fraction (Abramowitz & Stegun 1964,
 * 26.5.8), evaluated by Lentz's method: no differences, so that what is tiny has all its digits.
 */
function incompleteBeta(a: number, b: number, x: number, y: number): number {
  let d = 1 / (1 - ((a + b) * x) / (a + 1));
  let [c, fraction] = [1, d];
  const go = (numerator: number): number => {
    d = 1 / (1 + numerator * d);
    c = 1 + numerator / c;
    fraction *= c * d;
    return Math.abs(c * d - 1);
  };
  for (let m = 1, change = 1; change > 1e-15; m++) {
    go((m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m)));
    change = go((-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1)));
  }
  const logBeta = gammaln(a) + gammaln(b) - gammaln(a + b);
  return (Math.exp(a * Math.log(x) + b * Math.log(y) - logBeta) * fraction) / a;
}

/** The distance from 0 that Student's t exceeds, to either side, with probability p: 2.776 for 0.05 and 4 degrees of freedom. */
export function studentQuantile(p: number, freedom: number): number {
  let [low, high] = [0, 1];
  while (studentP(high, freedom) > p) high *= 2;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (studentP(middle, freedom) > p) low = middle;
    else high = middle;
  }
  return high;
}
