import { shownSet, type ImageSet } from "../image-set.js";

/** A set in colour, in grey: the brightness of ITU-R 601 in Pillow's arithmetic, `convert("L")`. What is grey stays as it is. */
export function grey(set: ImageSet): ImageSet {
  const [count, height, width] = set.shape;
  const { bytes } = set;
  const values = new Uint8Array(count * height * width);
  for (let pixel = 0, at = 0; pixel < values.length; pixel++, at += 3)
    values[pixel] = (19595 * bytes[at]! + 38470 * bytes[at + 1]! + 7471 * bytes[at + 2]! + 0x8000) >> 16;
  return shownSet({ ...set, bytes: values, shape: [count, height, width, 1] });
}
