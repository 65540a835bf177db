import { ratio, sum, type Taken } from "./confusion-counts.js";
import { check, type Rule } from "../options.js";
import { checkClasses } from "./labels.js";

/** Images of one class that were taken for another. */
export interface Confusion {
  /** Names of the true and of the predicted class. */
  readonly actual: string;
  readonly predicted: string;
  /** Their share of the true class's images. */
  readonly share: number;
  readonly images: number;
  /** Their classes: row and column of the matrix. */
  readonly from: number;
  readonly to: number;
}

/** Classes that the tail may be taken for, and the tail. */
export interface HeadAndTail {
  readonly head: readonly number[];
  readonly tail: readonly number[];
}

/** How much of the tail is taken for the head. */
export interface Leakage extends HeadAndTail {
  /** Share of the tail's test images that were taken for a class of the head; null where the tail has no test images. */
  readonly share: number | null;
  /** How many of them that are, and how many test images the tail has. */
  readonly images: number;
  readonly total: number;
  /** Of a class of the tail for one of the head, the largest share first. */
  readonly confusions: Confusion[];
}

const headAndTail: Rule = {
  range:
    "the training images of each class, or classes { head, tail }, such as { head: groups.many, tail: groups.few } of tail.groups",
  accepts: (v) => typeof v === "object" && v !== null && "head" in v && "tail" in v,
};

interface Matrix {
  readonly classes: readonly string[];
  readonly taken: Taken;
}

/** All confusions that occur, the largest share first; ties in label order. */
export function confusions({ classes, taken }: Matrix): Confusion[] {
  return taken
    .flatMap((row, from) => {
      const total = sum([...row.values()]);
      return Array.from(row, ([to, images]) => {
        return { actual: classes[from]!, predicted: classes[to]!, share: images / total, images, from, to };
      });
    })
    .filter(({ from, to }) => from !== to)
    .sort((a, b) => b.share - a.share);
}

export function leakage(matrix: Matrix, by: readonly number[] | HeadAndTail): Leakage {
  const classes = matrix.classes.length;
  if (!isCounts(by)) check("leakage", { by }, { by: headAndTail });
  const { head, tail } = isCounts(by) ? halves(by, classes) : by;
  checkClasses("leakage", "head", head, classes);
  checkClasses("leakage", "tail", tail, classes);
  const both = tail.find((c) => head.includes(c));
  if (both !== undefined) throw new RangeError(`leakage: class ${both} is in head and tail; expected it in one`);
  if (head.length === 0 || tail.length === 0) {
    throw new RangeError(
      `leakage: expected one or more classes in head and in tail, found ${head.length} and ${tail.length}; where groups are ` +
        "empty, give the training images of each class instead",
    );
  }
  const [heads, tails] = [new Set(head), new Set(tail)];
  const between = confusions(matrix).filter(({ from, to }) => tails.has(from) && heads.has(to));
  const images = sum(between.map((one) => one.images));
  const total = sum(tail.map((from) => sum([...matrix.taken[from]!.values()])));
  return { head, tail, share: ratio(images, total), images, total, confusions: between };
}

function isCounts(by: readonly number[] | HeadAndTail): by is readonly number[] {
  return Array.isArray(by);
}

/** The half of the classes with the most images, and that with the fewest; ties in label order; an odd one is in neither. */
function halves(counts: readonly number[], classes: number): HeadAndTail {
  if (counts.length !== classes || !counts.every((n) => Number.isFinite(n) && n >= 0)) {
    throw new RangeError(
      `leakage: expected the training images of each of ${classes} classes, found ${JSON.stringify(counts)}`,
    );
  }
  const ranked = counts.map((_, c) => c).sort((a, b) => counts[b]! - counts[a]! || a - b);
  const half = Math.floor(classes / 2);
  const ascending = (list: number[]): number[] => list.sort((a, b) => a - b);
  return { head: ascending(ranked.slice(0, half)), tail: ascending(ranked.slice(classes - half)) };
}
