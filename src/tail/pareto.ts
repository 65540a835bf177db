import { check, count, numberWhere, optional, positive } from "../options.js";

export interface ParetoOptions {
  /** K, >= 2. */
  readonly classes: number;
  /** Images of the largest class. 1280 for ImageNet-LT. */
  readonly head: number;
  /** Images of the smallest class, >= 1. 5 for ImageNet-LT. */
  readonly least: number;
  /** Of the Pareto distribution, > 0: the smaller, the fewer classes have most of the images. Default 6, ImageNet-LT's. */
  readonly power?: number;
}

/**
 * Images per class, head to tail, that fall as the quantiles of a Pareto distribution: x_i = (K / i)^(1 / power) - 1, i = 1 to K,
 * brought to the range from `head` to `least` and rounded.
 *
 * ImageNet-LT was drawn from such a distribution (Liu et al. 2019), class by class at random; this is ours, without chance and
 * near to it: 1000 classes of 1280 to 5 have 121,937 images and 406, 458 and 136 many-, medium- and few-shot classes, where
 * ImageNet-LT has 115,846 and 385, 479 and 136.
 * @throws RangeError for a parameter out of range, or least > head
 */
export function paretoProfile(options: ParetoOptions): number[] {
  check("paretoProfile", options, {
    classes: numberWhere("an integer >= 2", (v) => Number.isSafeInteger(v) && v >= 2),
    ...{ head: count, least: count, power: optional(positive) },
  });
  const { classes, head, least, power = 6 } = options;
  if (least > head) throw new RangeError(`paretoProfile: least must not be above head ${head} (got ${least})`);
  const quantiles = Array.from({ length: classes }, (_, i) => Math.expm1(Math.log(classes / (i + 1)) / power));
  return quantiles.map((x) => Math.round(least + ((head - least) * x) / quantiles[0]!));
}
