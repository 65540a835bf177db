import { check, optional, text, type Rule } from "../options.js";
import { Tabular, type Grid } from "../show/index.js";
import { preprocessing, type Preprocessing } from "./images/preprocessing.js";
import { NAMES } from "./images/threads.js";
import { imagesGrid, inWords, type CountedImages } from "./images-grid.js";

/**
 * A data set of labelled images: one buffer of bytes, which is never copied; subsets are lists of indices into it.
 * Whether labels may be looked at is up to who uses the set: those of an unlabeled pool only choose how many images of
 * each class it holds.
 */
export interface ImageSet {
  /** What it is, as figures and tables say it: "CIFAR-10, training". */
  readonly name: string;
  /** Images one after the other, each row by row from the top, each pixel's channels together. */
  readonly bytes: Uint8Array;
  /** [count, height, width, channels] */
  readonly shape: readonly [count: number, height: number, width: number, channels: number];
  /** One class an image, 0 to classes.length - 1. */
  readonly labels: Uint16Array;
  /** Names of the classes, each another. */
  readonly classes: readonly string[];
  /** How picture files became these images; of others, nothing. */
  readonly preprocessing?: Preprocessing;
  /** In which folder the picture files lie that these images are of, where they are. */
  readonly folder?: string;
}

/**
 * Holds a set's parts against each other.
 * @returns the same, which shows itself as a table of its classes
 * @throws RangeError that names the set and the part that does not fit
 */
export function checkImageSet(set: ImageSet): ImageSet {
  requireImageSet("checkImageSet", set);
  return shownSet(set);
}

const array: Rule = { range: "an array", accepts: (v) => Array.isArray(v) };
const partRules: Record<keyof ImageSet, Rule> = {
  bytes: { range: "a Uint8Array", accepts: (v) => v instanceof Uint8Array },
  name: { range: "a text", accepts: (v) => typeof v === "string" },
  shape: array,
  labels: { range: "a Uint16Array", accepts: (v) => v instanceof Uint16Array },
  classes: NAMES,
  preprocessing: optional(preprocessing),
  folder: optional(text),
};

/** @throws RangeError as `checkImageSet` */
export function requireImageSet(caller: string, set: ImageSet): void {
  const parts = Object.keys(partRules) as (keyof ImageSet)[];
  check(caller, set && Object.fromEntries(parts.map((part) => [part, set[part]])), partRules);
  const { name, bytes, shape, labels, classes } = set;
  const [count] = shape;
  const size = shape.reduce((product, length) => product * length, 1);
  const wrong = (what: string): RangeError => new RangeError(`Image set "${name}": ${what}`);
  if (shape.length !== 4 || shape.some((length) => !Number.isInteger(length) || length < 0))
    throw wrong(`expected a shape of four whole numbers, found [${shape.join(", ")}]`);
  if (bytes.length !== size) throw wrong(`expected ${size} bytes for [${shape.join(", ")}], found ${bytes.length}`);
  if (labels.length !== count) throw wrong(`expected ${count} labels, one an image, found ${labels.length}`);
  const at = labels.findIndex((label) => label >= classes.length);
  if (at >= 0) throw wrong(`expected labels below ${classes.length}, found ${labels[at]} for image ${at}`);
}

/** The same set, which shows itself as a table of its classes: millions of bytes say nothing to a reader. */
export function shownSet<T extends ImageSet>(set: T): T {
  return Object.assign(new Images(), set);
}

class Images extends Tabular {
  protected override summary(): string {
    return inWords(this.counted);
  }

  protected override grid(): Grid {
    return imagesGrid(this.counted);
  }

  private get counted(): CountedImages {
    const { name, shape, classes, labels } = this as unknown as ImageSet;
    return { names: [name], count: shape[0], size: shape.slice(1), classes, labels };
  }
}

/** Image `index` of a set, as a view of its bytes. */
export function imageAt({ bytes, shape: [count, height, width, channels] }: ImageSet, index: number): Uint8Array {
  if (!Number.isInteger(index) || index < 0 || index >= count)
    throw new RangeError(`imageAt: index must be an integer from 0 to ${count - 1} (got ${index})`);
  const size = height * width * channels;
  return bytes.subarray(index * size, (index + 1) * size);
}
