import { checkArray } from "../../options.js";

/** Rows of numbers, or the rows of a matrix one after another (with `dimension`). */
export type PointsLike = readonly ArrayLike<number>[] | Float32Array | Float64Array;

/** Points of one dimension, one after another, moved so that their mean is 0 (distances stay, rounding errors shrink). */
export interface Points {
  readonly values: Float64Array;
  readonly count: number;
  readonly dimension: number;
}

/**
 * @param dimension numbers a point; required for flat arrays
 * @throws RangeError for what is no array, rows of different lengths, a length that is no multiple of `dimension`, or a number that is not finite
 */
export function pointsOf(points: PointsLike, dimension?: number): Points {
  checkArray("tsne", "points", points);
  const flat = ArrayBuffer.isView(points);
  const width = dimension ?? (flat ? undefined : points[0]?.length);
  if (width === undefined || width === 0) {
    throw new RangeError(
      flat
        ? "tsne: a flat array needs the option dimension, the numbers a point"
        : "tsne: expected points of one or more numbers, found none",
    );
  }
  if (flat && points.length % width !== 0) {
    throw new RangeError(`tsne: expected a multiple of dimension ${width} numbers, found ${points.length}`);
  }
  const values = flat ? Float64Array.from(points) : joined(points, width);
  const wrong = values.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) {
    throw new RangeError(
      `tsne: expected finite numbers, found ${values[wrong]} in point ${Math.floor(wrong / width)}, at ${wrong % width}`,
    );
  }
  const count = values.length / width;
  centre(values, width);
  return { values, count, dimension: width };
}

function joined(rows: readonly ArrayLike<number>[], width: number): Float64Array {
  const values = new Float64Array(rows.length * width);
  rows.forEach((row, i) => {
    if (row.length !== width) {
      throw new RangeError(`tsne: expected points of ${width} numbers each, found ${row.length} in point ${i}`);
    }
    values.set(row, i * width);
  });
  return values;
}

/** Moves points so that their mean is 0, in place. */
export function centre(values: Float64Array, dimension: number): void {
  const count = values.length / dimension;
  for (let d = 0; d < dimension; d++) {
    let sum = 0;
    for (let at = d; at < values.length; at += dimension) sum += values[at]!;
    const mean = sum / count;
    for (let at = d; at < values.length; at += dimension) values[at]! -= mean;
  }
}
