import { numberWhere, optional, probability } from "../../options.js";
import { rangeWhere, type Range } from "./range.js";

/** What may happen to an image on its way to a view, in this order. The defaults are those of MoCo v2. */
export interface ViewAugmentation {
  /** Share of the image's area that is cut out. Default [0.2, 1]. */
  readonly scale?: Range;
  /** Width over height of what is cut out, before it is brought to the view's size. Default [3/4, 4/3]. */
  readonly ratio?: Range;
  /** How likely a view is mirrored. Default 0.5. */
  readonly flip?: number;
  /** How likely the colours are jittered. Default 0.8. */
  readonly jitter?: number;
  /** Jittered by factors from max(0, 1 - x) to 1 + x. Default 0.4 each. */
  readonly brightness?: number;
  readonly contrast?: number;
  readonly saturation?: number;
  /** Jittered by -x to x turns of the colour circle; 0 to 0.5. Default 0.1. */
  readonly hue?: number;
  /** How likely the colours are taken out. Default 0.2. */
  readonly greyscale?: number;
  /** How likely a view is blurred. Default 0.5 for views larger than 32 pixels, else 0: on CIFAR nobody blurs. */
  readonly blur?: number;
  /** Of the Gaussian, in pixels. Default [0.1, 2]. */
  readonly sigma?: Range;
}

const strength = numberWhere("a finite number >= 0", (v) => v >= 0);
const aboveZero = rangeWhere("numbers > 0", (least) => least > 0);
export const augmentationRules = {
  scale: optional(rangeWhere("shares in (0, 1]", (least, most) => least > 0 && most <= 1)),
  ratio: optional(aboveZero),
  flip: optional(probability),
  jitter: optional(probability),
  brightness: optional(strength),
  contrast: optional(strength),
  saturation: optional(strength),
  hue: optional(numberWhere("a number in [0, 0.5]", (v) => v >= 0 && v <= 0.5)),
  greyscale: optional(probability),
  blur: optional(probability),
  sigma: optional(aboveZero),
};

/** MoCo v2 (Chen et al. 2020, "Improved Baselines with Momentum Contrastive Learning"), which are the defaults. */
export const mocoAugmentation = {
  scale: [0.2, 1],
  ratio: [3 / 4, 4 / 3],
  flip: 0.5,
  jitter: 0.8,
  brightness: 0.4,
  contrast: 0.4,
  saturation: 0.4,
  hue: 0.1,
  greyscale: 0.2,
  sigma: [0.1, 2],
} as const satisfies ViewAugmentation;

/**
 * SimCLR on CIFAR-10 (Chen et al. 2020, "A Simple Framework for Contrastive Learning of Visual Representations", B.9):
 * smaller parts than MoCo's, colours jittered at strength 0.5 (half of what it takes for ImageNet).
 */
export const simclrAugmentation = { ...mocoAugmentation, scale: [0.08, 1] } as const satisfies ViewAugmentation;

/** What the authors train ImageNet-LT's classifiers with: crop, mirror, and colours that are always jittered, but not their hue. */
export const imageNetAugmentation = {
  ...mocoAugmentation,
  scale: [0.08, 1],
  jitter: 1,
  hue: 0,
  greyscale: 0,
  blur: 0,
} as const satisfies ViewAugmentation;
