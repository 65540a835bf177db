import { join } from "node:path";
import { check, oneOf, optional } from "../../options.js";
import type { ByteStream } from "./byte-stream.js";
import { digitClasses } from "./class-names.js";
import { checkImageSet, type ImageSet } from "../image-set.js";
import { matArrays, type MatArray } from "./mat.js";
import { readStream } from "./open-file.js";
import { IMAGE_BYTES, interleaveColumns } from "./planes.js";

export type SvhnSplit = "train" | "test" | "extra";

/** A file, or a folder and which of the official files in it. */
export interface SvhnOptions {
  /** Path of a file, in place of folder and split. */
  readonly file?: string;
  /** Holds `train_32x32.mat`, `test_32x32.mat` or `extra_32x32.mat`. */
  readonly folder?: string;
  /** Needed with a folder; with a file it is only part of the set's name. */
  readonly split?: SvhnSplit;
}

const titles = { train: "SVHN, training", test: "SVHN, test", extra: "SVHN, extra" };
const path = optional({ range: "a path", accepts: (value) => typeof value === "string" && value !== "" });

/** Images that are turned round at a time. */
const BATCH = 64;

/**
 * Reads the cropped digits of Street View House Numbers (http://ufldl.stanford.edu/housenumbers/): images
 * [count, 32, 32, 3], labels the digits themselves (the file has 10 for the digit 0). Images go from the compressed file
 * straight to their places: beside them a few MB are in memory.
 * @throws FileError where the file is truncated, corrupted or another
 */
export async function readSvhn(options: SvhnOptions): Promise<ImageSet> {
  check("readSvhn", options, { file: path, folder: path, split: optional(oneOf("train", "test", "extra")) });
  const { file, folder, split } = options;
  if ((file === undefined) === (folder === undefined) || (folder !== undefined && split === undefined))
    throw new RangeError("readSvhn: expected either a file, or a folder and a split");
  const from = file ?? join(folder!, `${split}_32x32.mat`);
  return readStream(from, (stream) => parseSvhn(stream, split === undefined ? "SVHN" : titles[split]));
}

export async function parseSvhn(stream: ByteStream, name: string): Promise<ImageSet> {
  let bytes: Uint8Array | undefined;
  let labels: Uint16Array | undefined;
  const found = new Set<string>();
  for await (const array of matArrays(stream)) {
    if (found.has(array.name)) throw stream.fault("each variable once", `${array.name} once more`);
    found.add(array.name);
    if (array.name === "X") bytes = await readImages(array);
    if (array.name === "y") labels = await readLabels(array);
  }
  if (!bytes || !labels) {
    const names = [...found].slice(0, 10).join(", ");
    throw stream.fault("images X and labels y", names === "" ? "no array" : `only ${names}`);
  }
  const count = bytes.length / IMAGE_BYTES;
  if (labels.length !== count) throw stream.fault(`${count} labels y, one an image of X`, String(labels.length));
  return checkImageSet({ name, bytes, shape: [count, 32, 32, 3], labels, classes: digitClasses });
}

async function readImages({ shape, numbers, bytes: size, content }: MatArray): Promise<Uint8Array> {
  // MATLAB drops a last length of 1.
  const [height, width, channels, count = 1, ...more] = shape;
  const fits = height === 32 && width === 32 && channels === 3 && count > 0 && more.length === 0;
  if (!fits || numbers.name !== "uint8")
    throw content.fault("images X, uint8 [32, 32, 3, count]", `${numbers.name} [${shape.join(", ")}]`);
  const bytes = content.room(size, "images X");
  for (let at = 0; at < size;) {
    const batch = await content.take(Math.min(size - at, BATCH * IMAGE_BYTES), "images X");
    for (let from = 0; from < batch.length; from += IMAGE_BYTES, at += IMAGE_BYTES)
      interleaveColumns(batch.subarray(from, from + IMAGE_BYTES), bytes, at);
  }
  return bytes;
}

async function readLabels({ shape, numbers, littleEndian, bytes, content }: MatArray): Promise<Uint16Array> {
  const count = bytes / numbers.size;
  if (Math.max(...shape) !== count) throw content.fault("labels y [count, 1]", `${numbers.name} [${shape.join(", ")}]`);
  const offset = content.offset;
  const stored = await content.take(bytes, "labels y");
  const view = new DataView(stored.buffer, stored.byteOffset, stored.byteLength);
  return Uint16Array.from({ length: count }, (_, i) => {
    const label = numbers.read(view, i * numbers.size, littleEndian);
    if (!Number.isInteger(label) || label < 1 || label > 10) {
      const expected = `y(${i + 1}) from 1 to 10, which stands for 0`;
      throw content.fault(expected, String(label), { offset: offset + i * numbers.size });
    }
    return label % 10;
  });
}
