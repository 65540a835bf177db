import { check, count, type Rule } from "../options.js";
import type { Groups } from "../tail/index.js";
import {
  checkCounts,
  meanOf,
  ratio,
  sum,
  takenOf,
  type ConfusionCounts,
  type SparseCounts,
  type Taken,
} from "./confusion-counts.js";
import { confusionHtml, confusionText } from "./confusion-view.js";
import { checkClasses, checkLabels, groupsRule } from "./labels.js";
import { confusions, leakage, type Confusion, type HeadAndTail, type Leakage } from "./leakage.js";

/** What is known of one class; shares in [0, 1], null where there is nothing to take a share of. */
export interface ClassMetrics {
  readonly name: string;
  /** Test images of the class, and images that were taken for it. */
  readonly images: number;
  readonly predicted: number;
  /** Share of the class's images that were recognized; null without images. */
  readonly recall: number | null;
  /** Share of right ones among the images that were taken for the class; null if none was. */
  readonly precision: number | null;
  /** 2 right / (images + predicted), the harmonic mean of both; null if both are 0. */
  readonly f1: number | null;
}

/** Accuracy among test images of the classes of a group; null where it has none. */
export interface GroupAccuracy {
  readonly classes: number;
  readonly images: number;
  /** Mean recall of its classes that have test images: what the code of Liu et al. 2019 reports. */
  readonly recall: number | null;
  /** Share of right ones among its images; equals `recall` where the test set is balanced. */
  readonly accuracy: number | null;
}

const classesRule: Rule = {
  range: "the number of classes, or a non-empty array of their names",
  accepts: (v) => count.accepts(v) || (Array.isArray(v) && v.length > 0 && v.every((name) => typeof name === "string")),
};

const limitRule: Rule = {
  range: "an integer >= 0, or Infinity",
  accepts: (v) => v === Infinity || (Number.isInteger(v) && (v as number) >= 0),
};

/**
 * Counts how many images of each class were taken for each class.
 * @param labels the true class of each image
 * @param predictions the class that each was taken for
 * @param options `classes`: names in label order, or how many there are (named "0", "1", ...)
 * @throws RangeError for no images, different numbers of both, or one that is no class
 */
export function confusionMatrix(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  options: { readonly classes: number | readonly string[] },
): ConfusionMatrix {
  check("confusionMatrix", options, { classes: classesRule });
  const { classes } = options;
  const names = typeof classes === "number" ? Array.from({ length: classes }, (_, c) => String(c)) : [...classes];
  checkLabels("confusionMatrix", "labels", labels, names.length);
  checkLabels("confusionMatrix", "predictions", predictions, names.length);
  if (labels.length !== predictions.length) {
    throw new RangeError(
      `confusionMatrix: expected one prediction for each of ${labels.length} labels, found ${predictions.length}`,
    );
  }
  const rows = names.map((): Record<number, number> => ({}));
  for (let i = 0; i < labels.length; i++) {
    const row = rows[labels[i]!]!;
    row[predictions[i]!] = (row[predictions[i]!] ?? 0) + 1;
  }
  return new ConfusionMatrix({ classes: names, rows });
}

/**
 * How many images of each class were taken for each class: rows are true classes, columns predicted ones. Everything else
 * follows from it, in shares of [0, 1]. As JSON it is plain data, and `new ConfusionMatrix(JSON.parse(text))` is it again.
 */
export class ConfusionMatrix implements ConfusionCounts {
  readonly classes: readonly string[];
  /** For each class, the labels that its images were taken for, ascending, with how many were: `counts` without zeros. */
  readonly taken: Taken;
  /** Test images. */
  readonly total: number;
  /** Of thousands of classes it takes gigabytes: made when it is asked for. */
  #counts: readonly (readonly number[])[] | undefined;

  /** @throws TypeError for a matrix that is not square or holds other than counts; RangeError where there is no image */
  constructor(stored: ConfusionCounts | SparseCounts) {
    checkCounts(stored);
    this.classes = [...stored.classes];
    this.taken = takenOf(stored);
    this.total = sum(this.taken.map(imagesOf));
  }

  get counts(): readonly (readonly number[])[] {
    return (this.#counts ??= this.taken.map((row) => this.classes.map((_, to) => row.get(to) ?? 0)));
  }

  /** Share of right ones among all images: top-1 accuracy. */
  get accuracy(): number {
    return sum(this.#right()) / this.total;
  }

  /** Share of wrong ones, 1 - accuracy. */
  get error(): number {
    return (this.total - sum(this.#right())) / this.total;
  }

  /** One row a class, in label order. */
  get perClass(): ClassMetrics[] {
    const all = this.classes.map(() => 0);
    for (const row of this.taken) for (const [to, n] of row) all[to]! += n;
    return this.#right().map((right, c) => {
      const [name, images, predicted] = [this.classes[c]!, imagesOf(this.taken[c]!), all[c]!];
      const [recall, precision] = [ratio(right, images), ratio(right, predicted)];
      return { name, images, predicted, recall, precision, f1: ratio(2 * right, images + predicted) };
    });
  }

  /** Mean recall of the classes that have test images. */
  get balancedAccuracy(): number {
    return meanOf(this.perClass.map(({ recall }) => recall))!;
  }

  /** Mean F1 of the classes that have test images or were predicted. */
  get macroF1(): number {
    return meanOf(this.perClass.map(({ f1 }) => f1))!;
  }

  /**
   * Accuracy of many-, medium- and few-shot classes.
   * @param groups as `tail.groups(counts)` gives them
   * @throws RangeError for what are no groups of these classes
   */
  groupAccuracy(groups: Groups): Record<keyof Groups, GroupAccuracy> {
    check("groupAccuracy", { groups }, { groups: groupsRule });
    const all = this.perClass;
    const of = (name: keyof Groups): GroupAccuracy => {
      checkClasses("groupAccuracy", name, groups[name], all.length);
      const images = sum(groups[name].map((c) => all[c]!.images));
      const recall = meanOf(groups[name].map((c) => all[c]!.recall));
      const right = sum(groups[name].map((c) => this.taken[c]!.get(c) ?? 0));
      return { classes: groups[name].length, images, recall, accuracy: ratio(right, images) };
    };
    return { many: of("many"), medium: of("medium"), few: of("few") };
  }

  /** The most frequent confusions, as shares of the true class. @param limit at most so many, or Infinity; default 10 */
  confusions(limit = 10): Confusion[] {
    check("confusions", { limit }, { limit: limitRule });
    return confusions(this).slice(0, limit);
  }

  /**
   * How much of the tail is taken for the head (the paper's appendix E.2).
   * @param by training images of each class: the head is the half of the classes with the most images, the tail that with the
   *   fewest; or `{ head, tail }`, such as `{ head: groups.many, tail: groups.few }`
   * @throws RangeError for neither of these, or a head or tail without classes
   */
  leakage(by: readonly number[] | HeadAndTail): Leakage {
    return leakage(this, by);
  }

  toJSON(): ConfusionCounts {
    return { classes: this.classes, counts: this.counts };
  }

  /** The same without zeros, of which `new ConfusionMatrix` makes it too: for thousands of classes. */
  sparse(): SparseCounts {
    return { classes: this.classes, rows: this.taken.map((row) => Object.fromEntries(row)) };
  }

  toString(): string {
    return confusionText(this, this.#caption());
  }

  [Symbol.for("Jupyter.display")](): Record<string, string> {
    return { "text/html": confusionHtml(this, this.#caption()), "text/plain": this.toString() };
  }

  /** Images of each class that were recognized. */
  #right(): number[] {
    return this.taken.map((row, c) => row.get(c) ?? 0);
  }

  #caption(): string {
    const [accuracy, balanced] = [this.accuracy, this.balancedAccuracy].map((share) => `${(100 * share).toFixed(2)} %`);
    return `${this.classes.length} classes, ${this.total} images: accuracy ${accuracy}, balanced accuracy ${balanced}`;
  }
}

function imagesOf(row: ReadonlyMap<number, number>): number {
  return sum([...row.values()]);
}
