import type { CifarRoom } from "./cifar-binary.js";
import type { CifarLayout } from "./cifar-layout.js";
import { FileError } from "../file-error.js";
import { readWhole } from "./open-file.js";
import { PickledImages } from "./pickled-images.js";
import { IMAGE_BYTES, interleave } from "./planes.js";

/**
 * Reads the batches of the Python version, written by Python 2 or 3. One batch alone is turned from planes to NHWC where
 * it lies; of several, one at a time is in memory beside the result.
 * @param most images, together
 */
export async function readCifarPickles(
  paths: readonly string[],
  layout: CifarLayout,
  most: number,
): Promise<CifarRoom> {
  if (paths.length === 1) return parseCifarPickle(await readWhole(paths[0]!), paths[0]!, layout, most);
  const room = { bytes: new Uint8Array(most * IMAGE_BYTES), labels: new Uint16Array(most) };
  let count = 0;
  for (const path of paths) {
    const batch = parseCifarPickle(await readWhole(path), path, layout, most - count);
    room.bytes.set(batch.bytes, count * IMAGE_BYTES);
    room.labels.set(batch.labels, count);
    count += batch.labels.length;
  }
  return { bytes: room.bytes.subarray(0, count * IMAGE_BYTES), labels: room.labels.subarray(0, count) };
}

/** Images and labels of one batch. The bytes given become the images, in place: they are no pickle any more after this. */
export function parseCifarPickle(file: Uint8Array, name: string, layout: CifarLayout, most: number): CifarRoom {
  const images = new PickledImages(file, name);
  const bytes = images.pixels("data", [IMAGE_BYTES]);
  const count = bytes.length / IMAGE_BYTES;
  const labels = images.labels(layout.labelKey, count, layout.labelBytes[layout.label]!);
  if (count > most)
    throw new FileError({ file: name, offset: 0, expected: `at most ${most} images`, found: String(count) });
  const out = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length; at += IMAGE_BYTES) interleave(bytes.subarray(at, at + IMAGE_BYTES), out, at);
  return { bytes, labels };
}
