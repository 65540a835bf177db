import { check, numberWhere, oneOf, optional, seed as seedRule, type Rule } from "../options.js";
import { stream } from "../random/index.js";
import { CLASS_COUNT, emblemClass } from "./emblems/classes.js";
import type { ImageSet } from "./image-set.js";
import { drawSet } from "./stickers/draw-set.js";

export interface EmblemsOptions {
  /** Images of each class, head to tail, as `tail.paretoProfile` gives them: 2 to 288 classes. */
  readonly counts: readonly number[];
  /** Which images: those of different splits have nothing in common, however many are drawn. Default "train". */
  readonly split?: "train" | "test" | "validation";
  /** Height and width, pixels, 16 to 256. Default 64. */
  readonly size?: number;
  /** Default 0. Another seed draws other images of the same classes. */
  readonly seed?: number;
}

const counts: Rule = {
  range: `an array of 2 to ${CLASS_COUNT} integers >= 0`,
  accepts: (v) =>
    Array.isArray(v) &&
    v.length >= 2 &&
    v.length <= CLASS_COUNT &&
    v.every((n) => Number.isSafeInteger(n) && (n as number) >= 0),
};

/**
 * A data set of hundreds of classes without a download, for what the paper does on ImageNet-LT and iNaturalist: every one of 12
 * shapes in 6 colours with 4 patterns, "red striped star", drawn on the spot. No two pictures are alike: shade, pattern, pose,
 * background, light and what lies over them vary. A class differs from each of up to 19 others in its shape, colour or pattern
 * alone, so that the tail is taken for the head. `data.saveFolder` writes it as a folder of pictures.
 *
 * They are ours, not the paper's: numbers from them are to be named "emblems".
 * @throws RangeError for an option out of range
 */
export function emblems(options: EmblemsOptions): ImageSet {
  check("emblems", options, {
    counts,
    split: optional(oneOf("train", "test", "validation")),
    size: optional(numberWhere("an integer from 16 to 256", (v) => Number.isInteger(v) && v >= 16 && v <= 256)),
    seed: optional(seedRule),
  });
  const { counts: each, split = "train", size = 64, seed = 0 } = options;
  return drawSet({
    ...{ name: `Emblems, ${split}`, counts: each, size, stream: stream(seed, "emblems").split(split) },
    classes: each.map((_, i) => {
      const { name, draw } = emblemClass(i);
      return [name, draw];
    }),
  });
}
