import { dirname } from "node:path";
import { ensure } from "../backend/device.js";
import { requireExamples } from "../data/examples.js";
import { unreadable } from "../data/file-error.js";
import { requireSameClasses } from "../data/same-classes.js";
import { POOL } from "../data/images/folder-listing.js";
import { grey } from "../data/images/grey.js";
import { requirePaths } from "../data/images/image-files.js";
import { preprocessing } from "../data/images/preprocessing.js";
import { NAMES } from "../data/images/threads.js";
import { Examples, readImageFiles, type Normalization, type Preprocessing } from "../data/index.js";
import { makeFolder } from "../disk/folder.js";
import { predict, probabilities } from "../eval/index.js";
import { build, definition, names, type HeadName, type Network } from "../models/index.js";
import { check, count, positive, type Rule } from "../options.js";
import { Textual } from "../show/index.js";
import { CheckpointError, readCheckpoint, writeCheckpoint, type Checkpoint } from "./checkpoint-file.js";
import { restore, valuesOf } from "./snapshot.js";

/** What the use of a network takes besides. Plain data. */
export interface ClassifierData {
  /** Names, in label order. */
  readonly classes: readonly string[];
  /** [height, width, channels] of the images that it learned from: others are brought to their size. */
  readonly shape: readonly [height: number, width: number, channels: number];
  /** How they are, as those were. */
  readonly preprocessing: Preprocessing;
  readonly normalization: Normalization;
  /** Factor of the logits in softmax: LDAM's s for cosines, else 1. */
  readonly scale: number;
}

/** What a file shows, as far as the network can tell. */
export interface Classified {
  readonly file: string;
  /** The likeliest class, and its probability. */
  readonly class: string;
  readonly probability: number;
  /** Of each class, in label order; they add up to 1. */
  readonly probabilities: readonly number[];
}

/** What is in a file besides tensors. */
interface Saved extends ClassifierData {
  readonly kind: typeof KIND;
  readonly model: string;
  /** Of a network of one's own, what tells one of its name from another. */
  readonly definition?: string;
  readonly head: HeadName;
}

/** What `longtail train` calls it in the folder of its run. */
export const CLASSIFIER_FILE = "network.classifier";
const KIND = "longtail classifier 1";
/** Files that are read at a time: ten thousand take no more memory, and keep a server's other requests waiting no longer. */
export const AT_A_TIME = 32;
/** What files say nothing of that were written before pictures could be prepared otherwise. */
const BEFORE: Preprocessing = { fit: "cover", orientation: "stored" };

/** A trained network, ready for use: `fit.classifier`, or `await train.loadClassifier(path)`. Dispose of it. */
export class Classifier extends Textual {
  constructor(
    readonly network: Network,
    readonly about: ClassifierData,
  ) {
    super();
  }

  /**
   * Files become images as those did that it learned from; in grey, where those had one channel.
   * @returns what each image file shows, in order
   * @throws FileError for the first that cannot be read; RangeError for no file, or images that no picture becomes
   */
  async classify(files: readonly string[]): Promise<Classified[]> {
    const { classes, shape, preprocessing, normalization, scale } = this.about;
    const [height, width, channels] = shape;
    if (channels !== 1 && channels !== 3)
      throw new RangeError(
        `classify: pictures have 3 channels, or 1 in grey; this network learned from images of ${channels}: ` +
          `evaluation.probabilities takes such`,
      );
    requirePaths(files);
    const found: Classified[] = [];
    for (let at = 0; at < files.length; at += AT_A_TIME) {
      const some = files.slice(at, at + AT_A_TIME);
      const pictures = readImageFiles(some, { size: [height, width], ...preprocessing });
      const images = Examples.of(channels === 1 ? grey(pictures) : pictures);
      const all = await probabilities(this.network, images, { normalization, scale });
      some.forEach((file, i) => {
        const own = Array.from(all.subarray(i * classes.length, (i + 1) * classes.length));
        const probability = Math.max(...own);
        found.push({ file, class: classes[own.indexOf(probability)]!, probability, probabilities: own });
      });
    }
    return found;
  }

  /**
   * The likeliest class of each example, no augmentation.
   * @throws RangeError for examples of other classes (but a pool that `data.folder` read), or images of another size
   */
  async predict(examples: Examples): Promise<Uint16Array> {
    this.require("predict", examples);
    return predict(this.network, examples, { normalization: this.about.normalization });
  }

  /**
   * Of each class, in label order: float32 [examples, classes], row after row; rows add up to 1.
   * @throws RangeError as `predict`
   */
  async probabilities(examples: Examples): Promise<Float32Array> {
    this.require("probabilities", examples);
    const { normalization, scale } = this.about;
    return probabilities(this.network, examples, { normalization, scale });
  }

  private require(what: string, examples: Examples): void {
    requireExamples(`classifier.${what}`, examples);
    const { classes, shape } = examples;
    if (classes.join() !== POOL) requireSameClasses(`classifier.${what}`, this.about.classes, classes);
    const [expected, found] = [this.about.shape, shape].map((size) => size.join(" x "));
    if (found !== expected)
      throw new RangeError(
        `classifier.${what}: expected images of ${expected}, as it learned from, found ${found}; read them at that size, or ` +
          "classify(files) brings files to it",
      );
  }

  /** Writes one file that holds all of it, whole or not at all; one that is there is replaced. @throws DiskError */
  async save(path: string): Promise<void> {
    this.network.requireUndisposed();
    const { name, head, weights, statistics } = this.network;
    const state: Saved = { kind: KIND, model: name, ...definition(name), head, ...this.about };
    makeFolder(dirname(path));
    writeCheckpoint(path, { run: "", epoch: 0, step: 0, state, tensors: await valuesOf([...weights, ...statistics]) });
  }

  toString(): string {
    const { classes } = this.about;
    const names = classes.length > 12 ? [...classes.slice(0, 10), "..."] : classes;
    return `A classifier of ${this.summary()}: ${names.join(", ")}`;
  }

  protected override summary(): string {
    const { classes, shape } = this.about;
    return `images of ${shape.join(" x ")} by ${this.network.name}, ${classes.length} classes`;
  }

  dispose(): void {
    this.network.dispose();
  }
}

const sides: Rule = {
  range: "[height, width, channels], whole numbers",
  accepts: (v) => Array.isArray(v) && v.length === 3 && v.every((n) => count.accepts(n)),
};
const normalization: Rule = { range: "an object", accepts: (v) => typeof v === "object" && v !== null };
const RULES = { classes: NAMES, shape: sides, preprocessing, normalization, scale: positive };

/** @throws CheckpointError that names what is not as `Classifier.save` writes it */
function requireAbout(path: string, about: ClassifierData): void {
  try {
    check(path, about, RULES);
  } catch (cause) {
    throw new CheckpointError((cause as Error).message, { cause });
  }
}

/**
 * Reads what `Classifier.save` wrote, in any process and for any device. A network of your own must be there under its name:
 * call `models.define` first. Warns (`TrainingWarning`) where that is given another text than when the network was saved.
 * @throws CheckpointError for a folder, a file that is damaged, no classifier's, or of another network than its name stands for;
 *   FileError where there is none
 */
export async function loadClassifier(path: string): Promise<Classifier> {
  const checkpoint = readable(path);
  const saved = checkpoint.state as Partial<Saved> | null;
  if (saved?.kind !== KIND)
    throw new CheckpointError(
      `${path}: expected a classifier, as fit.classifier.save writes it and longtail train as ${CLASSIFIER_FILE}, found a checkpoint ` +
        `of a run. The call that began that run gives its network, and the same longtail train command writes it`,
    );
  const { kind: _, model, definition: then, head, ...kept } = saved as Saved;
  if (!names.includes(model))
    throw new CheckpointError(
      `${path}: expected a network that is known here, found "${model}"; call models.define("${model}", ...) first, as where it was saved`,
    );
  if (then !== undefined && then !== definition(model).definition)
    process.emitWarning(
      `${path}: models.define("${model}", ...) was given another text where this network was saved; unless both compute the same, ` +
        "its answers are wrong",
      "TrainingWarning",
    );
  const about = { ...kept, preprocessing: saved.preprocessing ?? BEFORE };
  requireAbout(path, about);
  await ensure();
  const network = build(model, { classes: about.classes.length, head, channels: about.shape[2] });
  try {
    restore([...network.weights, ...network.statistics], checkpoint, path);
  } catch (error) {
    network.dispose();
    throw error;
  }
  return new Classifier(network, about);
}

/** @throws CheckpointError, FileError */
function readable(path: string): Checkpoint {
  try {
    return readCheckpoint(path);
  } catch (error) {
    throw error instanceof CheckpointError ? error : unreadable(path, error);
  }
}
