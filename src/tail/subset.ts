import { check, checkArray, count, optional, type Rule } from "../options.js";

/** What shuffles: a `random.Stream`, or a `random.RandomState` for the authors' very subsets. */
export interface Shuffler {
  shuffle<A extends { length: number; [index: number]: unknown }>(items: A): A;
}

export interface SubsetOptions {
  /** Images wanted of each class, head to tail. */
  readonly counts: readonly number[];
  /** Labels of the classes, head to tail. Default 0 to K - 1. The authors begin SVHN with 1: `[1, 2, ..., 9, 0]`. */
  readonly order?: readonly number[];
  /** Where the random choice comes from. */
  readonly random: Shuffler;
  /** Indices that must not be taken, such as those of D_L when D_U comes from the same set. Default none. */
  readonly exclude?: ArrayLike<number>;
  /** Names of the classes, by label, for the error. */
  readonly classes?: readonly string[];
}

const whole = (v: unknown): boolean =>
  Array.isArray(v) && v.length > 0 && v.every((n) => Number.isSafeInteger(n) && n >= 0);
const list: Rule = { range: "an array of integers >= 0", accepts: whole };
const array: Rule = { range: "an array", accepts: (v) => typeof v === "object" && v !== null && "length" in v };
const shuffler: Rule = {
  range: "a random.Stream or a random.RandomState",
  accepts: (v) => typeof (v as Shuffler | undefined)?.shuffle === "function",
};

/**
 * Indices of a long-tailed subset, class after class from head to tail: the images of each class are shuffled and the
 * first ones taken, as the authors' code does. With `random: new random.RandomState(0)` and whole CIFAR or SVHN training
 * sets these are the authors' very images; D_U goes on with the same generator.
 * @param labels the class of each image of the whole set
 * @throws RangeError that lists, for each class the set cannot fill, what was asked and what there is; for labels that
 *   counts, without an order, says nothing of
 */
export function subset(labels: ArrayLike<number>, options: SubsetOptions): Uint32Array {
  checkArray("subset", "labels", labels);
  check("subset", options, {
    counts: list,
    order: optional(list),
    random: shuffler,
    exclude: optional(array),
    classes: optional(array),
  });
  const { counts, random, exclude = [], classes } = options;
  const order = options.order ?? counts.map((_, i) => i);
  if (order.length !== counts.length || new Set(order).size !== order.length)
    throw new RangeError(`subset: order must hold ${counts.length} different labels, found [${order.join(", ")}]`);
  const available = byClass(labels, new Set(Array.from(exclude)));
  const highest = Math.max(...available.keys());
  if (options.order === undefined && highest >= counts.length)
    throw new RangeError(
      `subset: counts has ${counts.length} classes, but there are labels up to ${highest}: give the count of every class, ` +
        "0 for those to leave out, or say by order which labels are meant",
    );
  const lacking = order.flatMap((label, i) => {
    const found = available.get(label)?.length ?? 0;
    const name = classes?.[label];
    return found < counts[i]! ? [`class ${label}${name ? ` (${name})` : ""}: asked ${counts[i]}, found ${found}`] : [];
  });
  if (lacking.length > 0) {
    throw new RangeError(
      `subset: the set has too few images for this profile. ${lacking.join("; ")}. Choose a smaller head or multiple, or another set.`,
    );
  }
  const chosen = new Uint32Array(counts.reduce((a, b) => a + b, 0));
  let at = 0;
  order.forEach((label, i) => {
    const images = random.shuffle(available.get(label) ?? []);
    for (let k = 0; k < counts[i]!; k++) chosen[at++] = images[k]!;
  });
  return chosen;
}

function byClass(labels: ArrayLike<number>, exclude: ReadonlySet<number>): Map<number, number[]> {
  const images = new Map<number, number[]>();
  for (let i = 0; i < labels.length; i++) {
    if (exclude.has(i)) continue;
    const list = images.get(labels[i]!);
    if (list) list.push(i);
    else images.set(labels[i]!, [i]);
  }
  return images;
}

/** Images of each class, 0 to `classes` - 1. @throws RangeError for a label that is not among them, or no number of classes */
export function countLabels(labels: ArrayLike<number>, classes: number): number[] {
  checkArray("countLabels", "labels", labels);
  check("countLabels", { classes }, { classes: count });
  const counts = new Array<number>(classes).fill(0);
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    if (!(label in counts)) throw new RangeError(`countLabels: label ${label} of image ${i} is not below ${classes}`);
    counts[label]!++;
  }
  return counts;
}
