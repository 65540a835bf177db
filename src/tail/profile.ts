import { check, count, numberWhere } from "../options.js";

/** A long tail: how many classes, how many images in the largest, and how many times more than in the smallest. */
export interface ProfileOptions {
  /** K, >= 2. */
  readonly classes: number;
  /** n_max: images of the head class. 5000 for CIFAR-10-LT, 500 for CIFAR-100-LT, 1000 for SVHN-LT. */
  readonly head: number;
  /** rho = largest class / smallest class, >= 1. */
  readonly rho: number;
}

export const ratio = numberWhere("a finite number >= 1", (v) => v >= 1);
const rules = {
  classes: numberWhere("an integer >= 2", (v) => Number.isSafeInteger(v) && v >= 2),
  head: count,
  rho: ratio,
};

/**
 * Images per class, head to tail, that fall exponentially: n_i = trunc(head rho^(-i / (K - 1))), i = 0 to K - 1.
 * The published long-tailed sets (sections 2.2 and 4.2; the authors' imbalance_cifar.py), to the image.
 * @throws RangeError for a parameter out of range, or where the tail would have no image (head < rho)
 */
export function exponentialProfile(options: ProfileOptions): number[] {
  check("exponentialProfile", options, rules);
  const { classes, head, rho } = options;
  return notEmpty("exponentialProfile", options, decay(head, rho, classes).map(Math.trunc));
}

/**
 * Images per class of step imbalance: the first half of the classes has `head` images each, the second half
 * trunc(head / rho). With an odd number of classes the one in the middle belongs to the first half (the authors' code
 * loses it).
 * @throws RangeError as `exponentialProfile` does
 */
export function stepProfile(options: ProfileOptions): number[] {
  check("stepProfile", options, rules);
  const { classes, head, rho } = options;
  const tail = Math.trunc(head / rho);
  const counts = Array.from({ length: classes }, (_, i) => (i < Math.ceil(classes / 2) ? head : tail));
  return notEmpty("stepProfile", options, counts);
}

/**
 * first (1 / rho)^(i / (K - 1)): multiplied in this order, which decides what truncation makes of it; at the end first / rho, as 49
 * times the rounded 1 / 49 is below 1.
 */
export function decay(first: number, rho: number, classes: number): number[] {
  const end = classes - 1;
  return Array.from({ length: classes }, (_, i) => (i === end ? first / rho : first * Math.pow(1 / rho, i / end)));
}

function notEmpty(caller: string, { head, rho }: ProfileOptions, counts: number[]): number[] {
  const empty = counts.indexOf(0);
  if (empty >= 0) {
    throw new RangeError(
      `${caller}: class ${empty} would have no image with head ${head} and rho ${rho}; choose a larger head or a smaller rho`,
    );
  }
  return counts;
}
