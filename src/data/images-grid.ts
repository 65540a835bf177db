import { formatCount, type Grid } from "../show/index.js";
import { countLabels } from "../tail/index.js";

/** Images with labels, as far as a table of them goes. */
export interface CountedImages {
  /** Where they come from. */
  readonly names: readonly string[];
  readonly count: number;
  /** [height, width, channels] */
  readonly size: readonly number[];
  readonly classes: readonly string[];
  readonly labels: ArrayLike<number>;
}

/** Of more classes than this, only those at both ends are listed. */
const MOST_ROWS = 20;

/** "203 images of 32 x 32 x 3 in 10 classes" */
export function inWords({ count, size, classes }: CountedImages): string {
  const of = (n: number, one: string, many: string): string => `${formatCount(n)} ${n === 1 ? one : many}`;
  return `${of(count, "image", "images")} of ${size.join(" x ")} in ${of(classes.length, "class", "classes")}`;
}

/** How many images there are of each class. */
export function imagesGrid(images: CountedImages): Grid {
  const { names, classes, labels } = images;
  const counts = countLabels(labels, classes.length);
  const row = (c: number) => ({ cells: [String(c), classes[c]!, formatCount(counts[c]!)] });
  const all = classes.map((_, c) => c);
  const [first, last] = [all.slice(0, MOST_ROWS / 2), all.slice(-MOST_ROWS / 2)];
  const between = classes.length - MOST_ROWS;
  const rows =
    between > 0
      ? [...first.map(row), { cells: ["", `${formatCount(between)} more`, ""] }, ...last.map(row)]
      : all.map(row);
  const [most, least] = [Math.max(...counts), Math.min(...counts)];
  const range = most === least ? formatCount(most) : `${formatCount(least)} to ${formatCount(most)}`;
  const rho = least === 0 ? "" : `; ρ = ${Number((most / least).toPrecision(4))}`;
  return {
    caption: `${names.join(" and ")}: ${inWords(images)}`,
    columns: [
      { head: "label", numeric: true },
      { head: "class", numeric: false },
      { head: "images", numeric: true },
    ],
    rows,
    ...(classes.length > 1 && { note: `${range} images a class${rho}` }),
  };
}
