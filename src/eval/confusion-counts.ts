/** A confusion matrix as plain data, safe to write as JSON. */
export interface ConfusionCounts {
  /** Names of the classes, in label order. */
  readonly classes: readonly string[];
  /** counts[i][j]: images of class i that were taken for class j; integers >= 0. */
  readonly counts: readonly (readonly number[])[];
}

/** The same without its zeros, plain data too: of thousands of classes nearly all counts are 0. */
export interface SparseCounts {
  readonly classes: readonly string[];
  /** One a class: the labels that its images were taken for, with how many were. */
  readonly rows: readonly Readonly<Record<string, number>>[];
}

/** For each class, the labels that its images were taken for, ascending, with how many were: integers > 0. */
export type Taken = readonly ReadonlyMap<number, number>[];

/** @throws TypeError for what `ConfusionMatrix` gives neither as JSON nor as `sparse`; RangeError where there is no image */
export function checkCounts(found: ConfusionCounts | SparseCounts): void {
  const { classes, counts, rows } = found as { classes: unknown; counts: unknown; rows: unknown };
  const size = Array.isArray(classes) ? classes.length : 0;
  const areAll = (list: unknown, accepts: (row: unknown) => boolean): boolean =>
    Array.isArray(list) && list.length === size && list.every(accepts);
  const isCount = (n: unknown): boolean => Number.isSafeInteger(n) && (n as number) >= 0;
  const isSparse = (row: unknown): boolean =>
    typeof row === "object" &&
    row !== null &&
    Object.entries(row).every(([to, n]) => isCount(Number(to)) && Number(to) < size && isCount(n));
  const valid =
    size > 0 &&
    areAll(classes, (name) => typeof name === "string") &&
    (rows === undefined ? areAll(counts, (row) => areAll(row, isCount)) : areAll(rows, isSparse));
  if (!valid) {
    throw new TypeError(
      `ConfusionMatrix: expected { classes: names, counts: one row a class of one integer >= 0 a class }, found ` +
        JSON.stringify(found).slice(0, 200),
    );
  }
  if (takenOf(found).every(({ size }) => size === 0)) {
    throw new RangeError("ConfusionMatrix: expected one or more images, found none");
  }
}

/** Leaves out what is 0. */
export function takenOf(stored: ConfusionCounts | SparseCounts): Taken {
  if (!("rows" in stored)) return stored.counts.map((row) => new Map([...row.entries()].filter(([, n]) => n > 0)));
  // Keys that are whole numbers ascend.
  const entries = stored.rows.map((row) => Object.entries(row).filter(([, n]) => n > 0));
  return entries.map((row) => new Map(row.map(([to, n]) => [Number(to), n])));
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
