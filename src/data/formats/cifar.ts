import { check, flag, oneOf, optional, type Rule } from "../../options.js";
import { readCifarRecords, recordBytes, type CifarRoom } from "./cifar-binary.js";
import { cifar100Layout, cifar10Layout, type CifarLayout, type CifarSplit } from "./cifar-layout.js";
import { locate, readNames } from "./cifar-folder.js";
import { readCifarPickles } from "./cifar-python.js";
import { FileError } from "../file-error.js";
import { checkImageSet, type ImageSet } from "../image-set.js";
import { readStream } from "./open-file.js";
import { IMAGE_BYTES } from "./planes.js";

export interface CifarOptions {
  /** Training images, or test images. */
  readonly split: CifarSplit;
  /** Whether the files may hold fewer images than the official ones do. Default false. */
  readonly partial?: boolean;
}

export interface Cifar100Options extends CifarOptions {
  /** The 100 classes, or the 20 that they are grouped into. Default "fine". */
  readonly labels?: "fine" | "coarse";
}

const rules: Readonly<Record<string, Rule>> = {
  split: oneOf("train", "test"),
  partial: optional(flag),
};

/**
 * Reads CIFAR-10 from a folder of its binary version (`data_batch_1.bin` to `5`, `test_batch.bin`, each perhaps gzipped,
 * `.bin.gz`) or its Python version (`data_batch_1`, ...): images [50000 or 10000, 32, 32, 3] in the official order.
 * Names of the classes are the folder's own if its file of names is there.
 * @throws FileError where a file is missing, truncated, corrupted or another
 */
export async function readCifar10(folder: string, options: CifarOptions): Promise<ImageSet> {
  check("readCifar10", options, rules);
  return readCifar(folder, cifar10Layout, options);
}

/** Reads CIFAR-100 from a folder that holds `train.bin`, `test.bin` (perhaps gzipped), or `train`, `test`: see readCifar10. */
export async function readCifar100(folder: string, options: Cifar100Options): Promise<ImageSet> {
  check("readCifar100", options, { ...rules, labels: optional(oneOf("fine", "coarse")) });
  return readCifar(folder, cifar100Layout(options.labels ?? "fine"), options);
}

async function readCifar(folder: string, layout: CifarLayout, { split, partial }: CifarOptions): Promise<ImageSet> {
  const found = await locate(folder, layout, split);
  const official = layout.counts[split];
  const { bytes, labels } =
    found.format === "binary"
      ? await readBinary(found.paths, layout, official)
      : await readCifarPickles(found.paths, layout, official);
  if (labels.length < official && partial !== true) {
    const advice = "Are all files whole? { partial: true } accepts fewer images.";
    const expected = `${official} images of ${layout.title}, ${split}`;
    throw new FileError({ file: folder, offset: 0, expected, found: String(labels.length), advice });
  }
  return checkImageSet({
    name: `${layout.title}, ${split === "train" ? "training" : "test"}`,
    bytes,
    shape: [labels.length, 32, 32, 3],
    labels,
    classes: await readNames(found, layout),
  });
}

async function readBinary(paths: readonly string[], layout: CifarLayout, most: number): Promise<CifarRoom> {
  const room = { bytes: new Uint8Array(most * IMAGE_BYTES), labels: new Uint16Array(most) };
  let count = 0;
  const reading = { piece: 128 * recordBytes(layout), reuse: true };
  for (const path of paths)
    count = await readStream(path, (stream) => readCifarRecords(stream, layout, room, count), reading);
  return { bytes: room.bytes.subarray(0, count * IMAGE_BYTES), labels: room.labels.subarray(0, count) };
}
