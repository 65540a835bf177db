/** A number of a run, by the run's seed. */
export interface Point {
  readonly seed: number;
  readonly value: number;
}

/** Several runs of one trial: test errors in %. */
export interface Sample {
  readonly n: number;
  readonly mean: number;
  /** Standard deviation between runs; NaN of one alone. */
  readonly sd: number;
  readonly values: readonly number[];
  /** The seed of each. */
  readonly seeds: readonly number[];
}

export function sample(points: readonly Point[]): Sample {
  const values = points.map(({ value }) => value);
  return { n: values.length, ...moments(values), values, seeds: points.map(({ seed }) => seed) };
}

/** Mean, NaN of no values, and standard deviation (of n - 1), NaN of fewer than two. */
export function moments(values: readonly number[]): { readonly mean: number; readonly sd: number } {
  const n = values.length;
  const mean = values.reduce((sum, v) => sum + v, 0) / n;
  const sd = n < 2 ? NaN : Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (n - 1));
  return { mean, sd };
}

/** How much lower the first is, seed by seed, of seeds that both have. */
export function differences(error: Sample, than: Sample): Point[] {
  const other = new Map(than.seeds.map((seed, i) => [seed, than.values[i]!]));
  return error.seeds.flatMap((seed, i) =>
    other.has(seed) ? [{ seed, value: other.get(seed)! - error.values[i]! }] : [],
  );
}
