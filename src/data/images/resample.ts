import type { Picture } from "./picture.js";
import { taps, type Taps } from "./taps.js";

/** A part of a picture: where it begins and ends, in pixels that may be fractions. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** How a picture is brought to a size of another shape. */
export type Fit = "cover" | "stretch";

/** Weights are whole numbers of 1 / 2^22: those of one result add up to 1, and times a byte to less than 2^31. */
const BITS = 22;

/** Taps with weights in whole numbers. */
type WholeTaps = Omit<Taps, "weights"> & { readonly weights: Int32Array };

/** The part of a picture that fills the size: all of it, or for "cover" as much of its middle as has the same shape. */
export function boxOf({ width, height }: Picture, [rows, columns]: readonly [number, number], fit: Fit): Box {
  const ratio = columns / rows;
  const wide = fit === "cover" && width / height >= ratio ? ratio * height : width;
  const high = fit === "cover" && width / height < ratio ? width / ratio : height;
  const [left, top] = [(width - wide) / 2, (height - high) / 2];
  return { left, top, right: left + wide, bottom: top + high };
}

/**
 * A part of a picture in another size, by linear interpolation with antialiasing: each result is the average of all pixels
 * that it covers, weighted by a triangle. The arithmetic is that of Pillow's `resize(size, BILINEAR, box)`, and thus of
 * torchvision's `Resize`, and gives the same bytes: row by row, then column by column. Pillow 13 begins with the columns at some sizes, and
 * comes to bytes that differ by 1 here and there.
 * @returns [rows, columns, 3]
 */
export function resample({ width, height, rgb }: Picture, size: readonly [number, number], box: Box): Uint8Array {
  const [rows, columns] = size;
  const across = wholeTaps(width, box.left, box.right, columns);
  const down = wholeTaps(height, box.top, box.bottom, rows);
  /** Rows of the picture that the results are made of. */
  const from = down.first[0]!;
  const to = down.first[rows - 1]! + down.count[rows - 1]!;
  const narrow = new Uint8Array(3 * (to - from) * columns);
  for (let row = from; row < to; row++)
    for (let column = 0; column < columns; column++)
      average(across, column, rgb, 3 * row * width, 3, narrow, 3 * ((row - from) * columns + column));
  const result = new Uint8Array(3 * rows * columns);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      average(down, row, narrow, 3 * (column - from * columns), 3 * columns, result, 3 * (row * columns + column));
  return result;
}

/** One result: pixels of three bytes, of which pixel 0 would be at `origin` and each next one `stride` bytes on. */
function average(
  { first, count, weights, most }: WholeTaps,
  index: number,
  source: Uint8Array,
  origin: number,
  stride: number,
  result: Uint8Array,
  to: number,
): void {
  const taps = count[index]!;
  let red = 2 ** (BITS - 1);
  let green = red;
  let blue = red;
  for (let tap = 0, at = origin + first[index]! * stride; tap < taps; tap++, at += stride) {
    const weight = weights[index * most + tap]!;
    red = (red + Math.imul(source[at]!, weight)) | 0;
    green = (green + Math.imul(source[at + 1]!, weight)) | 0;
    blue = (blue + Math.imul(source[at + 2]!, weight)) | 0;
  }
  result[to] = red >> BITS;
  result[to + 1] = green >> BITS;
  result[to + 2] = blue >> BITS;
}

function wholeTaps(length: number, from: number, to: number, results: number): WholeTaps {
  const exact = taps(length, from, to, results);
  return { ...exact, weights: Int32Array.from(exact.weights, (weight) => Math.trunc(0.5 + weight * 2 ** BITS)) };
}
