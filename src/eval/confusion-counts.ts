/** A confusion matrix as plain data, safe to write as JSON. */
export interface ConfusionCounts {
  /** Names of the classes, in label order. */
  readonly classes: readonly string[];
  /** counts[i][j]: images of class i that were taken for class j; integers >= 0. */
  readonly counts: readonly (readonly number[])[];
}

/** @throws TypeError for what `ConfusionMatrix.toJSON` would not give; RangeError where there is no image */
export function checkCounts(found: ConfusionCounts): void {
  const { classes, counts } = found as { classes: unknown; counts: unknown };
  const isCount = (n: unknown): boolean => Number.isSafeInteger(n) && (n as number) >= 0;
  const valid =
    Array.isArray(classes) &&
    classes.length > 0 &&
    classes.every((name) => typeof name === "string") &&
    Array.isArray(counts) &&
    counts.length === classes.length &&
    counts.every((row) => Array.isArray(row) && row.length === classes.length && row.every(isCount));
  if (!valid) {
    throw new TypeError(
      `ConfusionMatrix: expected { classes: names, counts: one row a class of one integer >= 0 a class }, found ` +
        JSON.stringify(found).slice(0, 200),
    );
  }
  if (counts.every((row: number[]) => row.every((n) => n === 0))) {
    throw new RangeError("ConfusionMatrix: expected one or more images, found none");
  }
}

export function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}

/** A share; null where there is nothing to take it of. */
export function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

/** The mean of the values that are there; null where none is. */
export function meanOf(values: readonly (number | null)[]): number | null {
  const present = values.filter((value) => value !== null);
  return ratio(sum(present), present.length);
}
