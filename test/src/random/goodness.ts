/** Kolmogorov's distance between a sample and a continuous distribution, times the square root of the sample's size. */
export function kolmogorov(sample: Float64Array, cdf: (x: number) => number): number {
  const sorted = sample.toSorted();
  let distance = 0;
  sorted.forEach((x, i) => {
    const p = cdf(x);
    distance = Math.max(distance, p - i / sorted.length, (i + 1) / sorted.length - p);
  });
  return distance * Math.sqrt(sorted.length);
}

/** Kolmogorov's statistic exceeds this with probability 2 exp(-2 * 2.7^2) < 1e-6 when the distribution is right. */
export const kolmogorovLimit = 2.7;
