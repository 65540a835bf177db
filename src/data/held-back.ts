import type { Stream } from "../random/index.js";
import type { FiledExamples } from "./pictures.js";

interface HoldBackOptions {
  readonly path: string;
  /** Of each class that is held back: rounded, one at least. */
  readonly share: number;
  /** So many of each class are not, at least. */
  readonly kept: number;
  readonly random: Stream;
}

/** Some of each class apart from the rest. @throws Error for a class with too few images */
export function holdBack(pictures: FiledExamples, { path, share, kept: least, random }: HoldBackOptions) {
  const { labels, classes } = pictures.examples;
  const [kept, held]: [number[], number[]] = [[], []];
  const positions: number[][] = classes.map(() => []);
  labels.forEach((label, position) => positions[label]!.push(position));
  classes.forEach((name, label) => {
    const own = positions[label]!;
    if (own.length <= least)
      throw new Error(
        `${path}: "${name}" has ${own.length} ${own.length === 1 ? "image" : "images"} to learn from and to hold some back; expected ` +
          `${least + 1} or more. Add images, or give test images in folders of their own (train/, test/)`,
      );
    const count = Math.min(own.length - least, Math.max(1, Math.round(share * own.length)));
    random.shuffle(own).forEach((position, i) => (i < count ? held : kept).push(position));
  });
  return { kept: select(pictures, kept), held: select(pictures, held) };
}

function select({ examples, files }: FiledExamples, positions: number[]): FiledExamples {
  positions.sort((a, b) => a - b);
  return { examples: examples.select(positions), files: positions.map((position) => files[position]!) };
}
