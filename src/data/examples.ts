import { createHash } from "node:crypto";
import type { ByteImages } from "../backend/fused/index.js";
import { check, checkArray, show, type Rule } from "../options.js";
import { Tabular, type Grid } from "../show/index.js";
import { countLabels } from "../tail/index.js";
import { imageAt, requireImageSet, type ImageSet } from "./image-set.js";
import { PREPROCESSING, type Preprocessing } from "./images/preprocessing.js";
import { NAMES } from "./images/threads.js";
import { imagesGrid, inWords, type CountedImages } from "./images-grid.js";
import { requireSameClasses } from "./same-classes.js";

/**
 * Images to learn from or to test on, with the labels they are used with: lists of indices into one or more image sets,
 * none of which is copied. D_L with D_U is `labeled.concat(unlabeled.relabel(pseudoLabels))`. Shows itself as a table of
 * its classes.
 */
export class Examples extends Tabular implements ByteImages {
  private constructor(
    private readonly sources: readonly ImageSet[],
    /** Of each example: which source, and which of its images. */
    private readonly owner: Uint8Array,
    private readonly index: Uint32Array,
    /** Class of each example, in order. */
    readonly labels: Uint16Array,
    /** Names of the classes. */
    readonly classes: readonly string[],
  ) {
    super();
  }

  /**
   * Images of a set with its own labels.
   * @param indices which, in order; default all
   * @throws RangeError for an index that the set does not have, or what is no image set, or no array
   */
  static of(set: ImageSet, indices?: ArrayLike<number>): Examples {
    requireImageSet("Examples.of", set);
    if (indices !== undefined) checkArray("Examples.of", "indices", indices);
    const count = set.shape[0];
    const index = indices === undefined ? Uint32Array.from({ length: count }, (_, i) => i) : Uint32Array.from(indices);
    const beyond = Array.from(indices ?? []).find((i) => !Number.isInteger(i) || i < 0 || i >= count);
    if (beyond !== undefined)
      throw new RangeError(`Examples.of: "${set.name}" has images 0 to ${count - 1}, and no image ${beyond}`);
    const labels = Uint16Array.from(index, (i) => set.labels[i]!);
    return new Examples([set], new Uint8Array(index.length), index, labels, set.classes);
  }

  get length(): number {
    return this.index.length;
  }

  /** [height, width, channels] of every image. */
  get shape(): [number, number, number] {
    const [, height, width, channels] = this.sources[0]!.shape;
    return [height, width, channels];
  }

  /** How a picture becomes an image like these: as theirs did, or, where none was a picture file, as readers do by default. */
  get preprocessing(): Preprocessing {
    return this.sources.find((set) => set.preprocessing)?.preprocessing ?? PREPROCESSING;
  }

  /** Folders whose pictures they are, one a set that was read from such. */
  get folders(): readonly string[] {
    return this.sources.flatMap(({ folder }) => (folder === undefined ? [] : [folder]));
  }

  /** Examples of each class. */
  counts(): number[] {
    return countLabels(this.labels, this.classes.length);
  }

  /**
   * The same images with other labels, such as pseudo-labels.
   * @param classes names of the classes, each another; default the same
   * @throws RangeError unless there is one label an image, each below the number of classes, and no name twice
   */
  relabel(labels: ArrayLike<number>, classes: readonly string[] = this.classes): Examples {
    check("relabel", { classes }, { classes: NAMES });
    checkArray("relabel", "labels", labels);
    if (labels.length !== this.length)
      throw new RangeError(`relabel: expected ${this.length} labels, one an image, found ${labels.length}`);
    const wrong = Array.from(labels).find((label) => !Number.isInteger(label) || label < 0 || label >= classes.length);
    if (wrong !== undefined)
      throw new RangeError(`relabel: expected whole numbers below ${classes.length} as labels, found ${show(wrong)}`);
    return new Examples(this.sources, this.owner, this.index, Uint16Array.from(labels), classes);
  }

  /**
   * These examples, then others.
   * @throws RangeError for images of another size, or other classes
   */
  concat(others: Examples): Examples {
    requireExamples("concat", others);
    const [ours, theirs] = [this.shape.join(" x "), others.shape.join(" x ")];
    if (ours !== theirs) throw new RangeError(`concat: images of ${theirs} cannot follow images of ${ours}`);
    if (this.classes.length !== others.classes.length)
      throw new RangeError(
        `concat: ${others.classes.length} classes cannot follow ${this.classes.length}; relabel gives them others`,
      );
    requireSameClasses("concat", this.classes, others.classes);
    const sources = [...new Set([...this.sources, ...others.sources])];
    if (sources.length > 256) throw new RangeError("concat: examples come from at most 256 image sets");
    const renumbered = (of: Examples): Uint8Array => {
      const number = of.sources.map((source) => sources.indexOf(source));
      return of.owner.map((owner) => number[owner]!);
    };
    return new Examples(
      sources,
      Uint8Array.from([...renumbered(this), ...renumbered(others)]),
      Uint32Array.from([...this.index, ...others.index]),
      Uint16Array.from([...this.labels, ...others.labels]),
      this.classes,
    );
  }

  /** Some of them, in the order given. @throws RangeError for a position that there is not, or what is no array */
  select(positions: ArrayLike<number>): Examples {
    checkArray("select", "positions", positions);
    const at = Uint32Array.from(positions, (position) => this.checked(position));
    return new Examples(
      this.sources,
      Uint8Array.from(at, (i) => this.owner[i]!),
      Uint32Array.from(at, (i) => this.index[i]!),
      Uint16Array.from(at, (i) => this.labels[i]!),
      this.classes,
    );
  }

  /** An example's image, as a view of the bytes of its set, [height, width, channels]. */
  image(position: number): Uint8Array {
    const at = this.checked(position);
    return imageAt(this.sources[this.owner[at]!]!, this.index[at]!);
  }

  /** SHA-256 of the images' size, bytes and labels, in order: tells sets apart. */
  digest(): string {
    const hash = createHash("sha256").update(`${this.shape.join(" x ")}, ${this.classes.length} classes\n`);
    for (let i = 0; i < this.length; i++) hash.update(this.image(i));
    return hash.update(Uint16Array.from(this.labels)).digest("hex");
  }

  protected override summary(): string {
    return inWords(this.counted);
  }

  protected override grid(): Grid {
    return imagesGrid(this.counted);
  }

  private get counted(): CountedImages {
    const names = this.sources.map(({ name }) => name);
    return { names, count: this.length, size: this.shape, classes: this.classes, labels: this.labels };
  }

  private checked(position: number): number {
    if (!Number.isInteger(position) || position < 0 || position >= this.length)
      throw new RangeError(`Examples: there are examples 0 to ${this.length - 1}, and no example ${position}`);
    return position;
  }
}

/** What takes examples takes no set of images, which has other parts of the same names. */
export const examplesRule: Rule = {
  range: "data.Examples; data.Examples.of(set) makes them of a set",
  accepts: (v) => v instanceof Examples,
};

/** @throws RangeError for anything else */
export function requireExamples(caller: string, examples: Examples): void {
  check(caller, { examples }, { examples: examplesRule });
}
