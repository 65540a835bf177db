import { basename } from "node:path";
import { check, optional } from "../../options.js";
import type { ByteStream } from "./byte-stream.js";
import { digitClasses } from "./class-names.js";
import { checkImageSet, type ImageSet } from "../image-set.js";
import { readStream } from "./open-file.js";

/** An array of bytes of any number of dimensions, the last index running fastest. */
export interface IdxArray {
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

export interface IdxOptions {
  /** Names of the classes, in the order of their labels. Default "0" to "9". */
  readonly classes?: readonly string[];
  /** What the set is called. Default: the name of the file of images. */
  readonly name?: string;
}

const UNSIGNED_BYTES = 8;

/**
 * Reads images and labels of MNIST's format (http://yann.lecun.com/exdb/mnist/), gzipped or not, as MNIST, Fashion-MNIST
 * and KMNIST are: grey images, [count, height, width, 1].
 * @throws FileError where a file is truncated, corrupted or another, or the labels are not those of the images
 */
export async function readIdx(images: string, labels: string, options: IdxOptions = {}): Promise<ImageSet> {
  check("readIdx", options, {
    classes: optional({
      range: "names of classes",
      accepts: (v) => Array.isArray(v) && v.length > 0 && v.every((name) => typeof name === "string"),
    }),
    name: optional({ range: "a text", accepts: (v) => typeof v === "string" }),
  });
  const { classes = digitClasses, name = basename(images) } = options;
  const pixels = await readStream(images, (stream) => parseIdx(stream, 3, "images"));
  const [count = 0, height = 0, width = 0] = pixels.shape;
  const numbers = await readStream(labels, (stream) => parseIdxLabels(stream, count, classes.length));
  return checkImageSet({ name, bytes: pixels.bytes, shape: [count, height, width, 1], labels: numbers, classes });
}

/**
 * Reads one file.
 * @param dimensions how many it must have: 3 for images, 1 for labels
 * @param what it should hold, for errors
 */
export async function parseIdx(stream: ByteStream, dimensions: number, what: string): Promise<IdxArray> {
  const magic = [0, 0, UNSIGNED_BYTES, dimensions];
  const found = [...(await stream.take(4, `${what} in idx format`))];
  if (magic.some((byte, i) => byte !== found[i]))
    throw stream.fault(`${what} in idx format, which begin with ${magic.join(" ")}`, found.join(" "), { offset: 0 });
  const header = await stream.take(4 * dimensions, "lengths");
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const shape = Array.from({ length: dimensions }, (_, i) => view.getUint32(4 * i));
  if (shape.includes(0)) throw stream.fault("lengths of at least 1", `[${shape.join(", ")}]`, { offset: 4 });
  const size = shape.reduce((product, length) => product * length, 1);
  const bytes = stream.room(size, what);
  await stream.fill(bytes, what);
  await stream.end(what);
  return { shape, bytes };
}

/** Labels of `count` images, 0 to classes - 1. */
export async function parseIdxLabels(stream: ByteStream, count: number, classes: number): Promise<Uint16Array> {
  const { bytes } = await parseIdx(stream, 1, "labels");
  if (bytes.length !== count) throw stream.fault(`${count} labels, one an image`, String(bytes.length), { offset: 4 });
  const wrong = bytes.findIndex((label) => label >= classes);
  if (wrong >= 0) throw stream.fault(`labels from 0 to ${classes - 1}`, String(bytes[wrong]), { offset: 8 + wrong });
  return Uint16Array.from(bytes);
}
