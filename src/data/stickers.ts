import { check, oneOf, optional, seed as seedRule, type Rule } from "../options.js";
import { stream } from "../random/index.js";
import type { ImageSet } from "./image-set.js";
import { SIZE } from "./stickers/canvas.js";
import { CLASSES, OTHER_CLASSES } from "./stickers/classes.js";
import { drawSet } from "./stickers/draw-set.js";
import { SCENES } from "./stickers/scene.js";

export interface StickersOptions {
  /** Images of each class, in label order; one number: so many of each. */
  readonly counts: number | readonly number[];
  /**
   * Which images: those of different splits have nothing in common, however many are drawn. Default "train".
   */
  readonly split?: "train" | "test" | "unlabeled";
  /** "stickers" are the ten classes to learn, "other" ten more for irrelevant data. Default "stickers". */
  readonly kind?: "stickers" | "other";
  /** "plain": upright in the middle of an even background, so that a few hundred images teach something. Default "any". */
  readonly scene?: "any" | "plain";
  /** Default 0. Another seed draws other images of the same classes. */
  readonly seed?: number;
}

const TITLES = {
  any: { stickers: "Stickers", other: "Other stickers" },
  plain: { stickers: "Plain stickers", other: "Other plain stickers" },
};

const counts: Rule = {
  range: "an integer >= 0, or an array of ten",
  accepts: (v) =>
    (Array.isArray(v) ? v : [v]).every((n) => Number.isSafeInteger(n) && n >= 0) &&
    (!Array.isArray(v) || v.length === 10),
};

/**
 * A data set without a download: little pictures of ten kinds of things, 32 x 32 pixels, drawn on the spot. No two are
 * alike: shapes, patterns, colours, pose, background, light and what lies over them vary. They may be mirrored, and have
 * an up-side. Any number of images: the first n of a class are the same, whatever n, and come class after class.
 *
 * They are ours, not the paper's: numbers from them show the paper's effects, and are to be named "stickers".
 * @throws RangeError for an option out of range
 */
export function stickers(options: StickersOptions): ImageSet {
  check("stickers", options, {
    counts,
    split: optional(oneOf("train", "test", "unlabeled")),
    kind: optional(oneOf("stickers", "other")),
    scene: optional(oneOf("any", "plain")),
    seed: optional(seedRule),
  });
  const { split = "train", kind = "stickers", scene = "any", seed = 0 } = options;
  const classes = Object.entries(kind === "stickers" ? CLASSES : OTHER_CLASSES);
  const each = typeof options.counts === "number" ? classes.map(() => options.counts as number) : options.counts;
  return drawSet({
    ...{ name: `${TITLES[scene][kind]}, ${split}`, classes, counts: each, size: SIZE, difficulty: SCENES[scene] },
    stream: stream(seed, "stickers").split(split),
  });
}
