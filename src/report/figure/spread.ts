/** Mean over runs, and standard deviation (of n - 1); null where a run has no number, the deviation of one run is null, too. */
export interface Spread {
  readonly mean: (number | null)[];
  readonly deviation: (number | null)[];
}

/**
 * Of runs that are rows of numbers, position by position.
 *
 * @throws RangeError for no run, or rows that differ in length.
 */
export function spread(caller: string, runs: readonly (readonly (number | null)[])[]): Spread {
  const [first] = runs;
  if (first === undefined) throw new RangeError(`${caller}: expected one or more runs, found none`);
  const odd = runs.findIndex((run) => run.length !== first.length);
  if (odd >= 0) {
    throw new RangeError(
      `${caller}: expected runs of equal length, found ${first.length} numbers in run 0 and ${runs[odd]!.length} in run ${odd}`,
    );
  }
  const columns = first.map((_, at) => {
    const values = runs.map((run) => run[at]!).filter((value) => value !== null && Number.isFinite(value));
    return values.length === runs.length ? values : null;
  });
  return { mean: columns.map(mean), deviation: columns.map(deviation) };
}

function mean(values: readonly number[] | null): number | null {
  return values && values.reduce((a, b) => a + b, 0) / values.length;
}

function deviation(values: readonly number[] | null): number | null {
  if (values === null || values.length < 2) return null;
  const centre = mean(values)!;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1));
}
