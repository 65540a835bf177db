/**
 * Probability that Student's t is at least so far from 0, to either side, in a finite series (Abramowitz & Stegun 1964, 26.7.3
 * and 26.7.4).
 * @param freedom degrees of freedom, an integer of 1 or more
 */
export function studentP(t: number, freedom: number): number {
  const angle = Math.atan(Math.abs(t) / Math.sqrt(freedom));
  const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
  const isOdd = freedom % 2 === 1;
  let term = isOdd ? cosine : 1;
  let sum = freedom === 1 ? 0 : term;
  for (let k = isOdd ? 3 : 2; k <= freedom - 2; k += 2) sum += term *= ((k - 1) / k) * cosine ** 2;
  // Far from 0 the difference is rounding alone, to either side.
  return Math.max(0, 1 - (isOdd ? (2 / Math.PI) * (angle + sine * sum) : sine * sum));
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
