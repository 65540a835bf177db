/** Of each result along one axis: which pixels it is made of, and their weights, which add up to 1. */
export interface Taps {
  /** First pixel, and how many. */
  readonly first: Int32Array;
  readonly count: Int32Array;
  /** [results, most] */
  readonly weights: Float64Array;
  readonly most: number;
}

/**
 * Linear interpolation with antialiasing along one axis: each result is the average of all pixels that it covers, weighted
 * by a triangle. Pillow's weights (`precompute_coeffs`), to the bit.
 * @param length pixels along the axis
 * @param from where the part begins that becomes the results, and `to` where it ends, in pixels that may be fractions
 */
export function taps(length: number, from: number, to: number, results: number): Taps {
  // Pillow keeps the box in single precision.
  const begin = Math.fround(from);
  const scale = Math.fround(Math.fround(to) - begin) / results;
  const reach = Math.max(scale, 1);
  const most = 2 * Math.ceil(reach) + 1;
  const first = new Int32Array(results);
  const count = new Int32Array(results);
  const weights = new Float64Array(results * most);
  for (let result = 0; result < results; result++) {
    const centre = begin + (result + 0.5) * scale;
    const low = Math.max(0, Math.trunc(centre - reach + 0.5));
    const high = Math.min(length, Math.trunc(centre + reach + 0.5));
    const row = result * most - low;
    let sum = 0;
    for (let pixel = low; pixel < high; pixel++) {
      const weight = Math.max(0, 1 - Math.abs((pixel - centre + 0.5) * (1 / reach)));
      weights[row + pixel] = weight;
      sum += weight;
    }
    for (let pixel = low; pixel < high; pixel++) weights[row + pixel]! /= sum;
    first[result] = low;
    count[result] = high - low;
  }
  return { first, count, weights, most };
}
