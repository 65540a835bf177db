import type { Bitmap } from "../images/png.js";
import type { Box } from "../images/resample.js";
import { taps, type Taps } from "../images/taps.js";
import { checkFloatImage, type FloatImage } from "./float-image.js";

/**
 * A part of an image in another size, in place of what `result` held: linear interpolation, antialiased where it shrinks.
 * The arithmetic is that of Pillow's `crop(box).resize(size, BILINEAR)` for images of floats: nothing is rounded to bytes.
 * @param box whole pixels, within the image
 * @throws RangeError for another box, bytes or values that do not fit their shape, or a result with other channels than the image
 */
export function resizedCrop({ bytes, shape }: Bitmap, box: Box, result: FloatImage): FloatImage {
  checkFloatImage("resizedCrop", result);
  const [height, width, channels] = shape;
  const { left, top, right, bottom } = box;
  const [rows, columns] = result.shape;
  const inside = left >= 0 && top >= 0 && left < right && top < bottom && right <= width && bottom <= height;
  if (!inside || ![left, top, right, bottom].every(Number.isInteger))
    throw new RangeError(
      `resizedCrop: expected a box of whole pixels within ${width} x ${height}, found ${left} to ${right} by ${top} to ${bottom}`,
    );
  if (result.shape[2] !== channels)
    throw new RangeError(`resizedCrop: expected a result with ${channels} channels, found ${result.shape[2]}`);
  if (bytes.length !== height * width * channels)
    throw new RangeError(`resizedCrop: expected the bytes of [${shape.join(", ")}], found ${bytes.length}`);
  const narrow = new Float32Array((bottom - top) * columns * channels);
  const across = taps(right - left, 0, right - left, columns);
  for (let row = top, to = 0; row < bottom; row++, to += columns * channels)
    averageAcross(across, bytes, (row * width + left) * channels, channels, narrow, to);
  averageDown(taps(bottom - top, 0, bottom - top, rows), narrow, columns * channels, result.values);
  return result;
}

/** One row of pixels that begin at `origin`. */
function averageAcross(
  { first, count, weights, most }: Taps,
  source: Uint8Array,
  origin: number,
  channels: number,
  result: Float32Array,
  to: number,
): void {
  for (let c = 0; c < channels; c++)
    for (let column = 0; column < first.length; column++) {
      const end = column * most + count[column]!;
      let at = origin + first[column]! * channels + c;
      let sum = 0;
      for (let tap = column * most; tap < end; tap++, at += channels) sum += weights[tap]! * source[at]!;
      result[to + column * channels + c] = sum;
    }
}

/** All rows, each of `length` values, and from bytes to shares. Taps are taken in pairs, which is faster. */
function averageDown(
  { first, count, weights, most }: Taps,
  source: Float32Array,
  length: number,
  result: Float32Array,
): void {
  for (let row = 0; row < first.length; row++)
    for (let tap = 0; tap < count[row]!; tap += 2) {
      const paired = tap + 1 < count[row]!;
      const upper = weights[row * most + tap]! / 255;
      const lower = paired ? weights[row * most + tap + 1]! / 255 : 0;
      const from = (first[row]! + tap) * length;
      const next = paired ? from + length : from;
      const to = row * length;
      if (tap === 0)
        for (let i = 0; i < length; i++) result[to + i] = upper * source[from + i]! + lower * source[next + i]!;
      else for (let i = 0; i < length; i++) result[to + i]! += upper * source[from + i]! + lower * source[next + i]!;
    }
}
