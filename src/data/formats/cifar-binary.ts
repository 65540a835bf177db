import type { ByteStream } from "./byte-stream.js";
import type { CifarLayout } from "./cifar-layout.js";
import { IMAGE_BYTES, interleave } from "./planes.js";

/** Room for images and their labels, filled from the beginning. */
export interface CifarRoom {
  /** NHWC */
  readonly bytes: Uint8Array;
  readonly labels: Uint16Array;
}

/** Records that are worked on at a time: they fit the second-level cache. */
const BATCH = 128;

/** Bytes of a record: its labels and its pixels. */
export function recordBytes({ labelBytes }: CifarLayout): number {
  return labelBytes.length + IMAGE_BYTES;
}

/**
 * Reads the records of one file, to its end.
 * @param from how many images the room holds already
 * @returns how many it holds then
 * @throws FileError where the file ends within a record or at once, has more records than there is room for, or a label
 * is out of range
 */
export async function readCifarRecords(
  stream: ByteStream,
  layout: CifarLayout,
  { bytes, labels }: CifarRoom,
  from: number,
): Promise<number> {
  const { labelBytes, label } = layout;
  const record = recordBytes(layout);
  const out = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let count = from;
  for (;;) {
    const offset = stream.offset;
    const batch = await stream.read(BATCH * record);
    for (let at = 0; at + record <= batch.length; at += record, count++) {
      for (let l = 0; l < labelBytes.length; l++) {
        if (batch[at + l]! >= labelBytes[l]!) {
          const expected = `a label from 0 to ${labelBytes[l]! - 1} (image ${count - from} of the file)`;
          throw stream.fault(expected, String(batch[at + l]), { offset: offset + at + l });
        }
      }
      if (count >= labels.length)
        throw stream.fault(`at most ${labels.length - from} images`, "one more", { offset: offset + at });
      labels[count] = batch[at + label]!;
      interleave(batch.subarray(at + labelBytes.length, at + record), out, count * IMAGE_BYTES);
    }
    const rest = batch.length % record;
    if (rest > 0 || stream.offset === 0)
      throw stream.fault(`whole records of ${record} bytes`, `${rest} bytes of one at the end`);
    if (batch.length < BATCH * record) return count;
  }
}
