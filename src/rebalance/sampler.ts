import { checkArray } from "../options.js";
import type { Stream } from "../random/index.js";

/**
 * Which images an epoch shows, and in which order. What an epoch holds depends on its stream alone, so that a run that was
 * stopped goes on with the same images.
 */
export interface Sampler {
  /** As tables say it: "class-balanced". */
  readonly name: string;
  /** Positions of an epoch's images in the training set, as many as the set has. @param epoch from 0 */
  epoch(epoch: number, stream: Stream): Uint32Array;
  /** Expected share of each class among an epoch's images; adds up to 1. @param epoch from 0 */
  classMass(epoch: number): number[];
}

/** Positions of the images of each class. */
export interface ClassPositions {
  readonly total: number;
  readonly positions: readonly Uint32Array[];
  /** Classes that have images. */
  readonly present: readonly number[];
}

/**
 * @param labels the class of each image of the training set
 * @param classes how many classes there are
 * @throws RangeError for an empty set, or a label that is not below `classes`
 */
export function classPositions(labels: ArrayLike<number>, classes: number): ClassPositions {
  checkArray("sampler", "labels", labels);
  const lists = Array.from({ length: classes }, (): number[] => []);
  for (let i = 0; i < labels.length; i++) {
    const list = lists[labels[i]!];
    if (list === undefined)
      throw new RangeError(`sampler: expected labels below ${classes}, found ${labels[i]} for image ${i}`);
    list.push(i);
  }
  if (labels.length === 0) throw new RangeError("sampler: expected one or more images, found none");
  const present = lists.flatMap((list, c) => (list.length > 0 ? [c] : []));
  return { total: labels.length, positions: lists.map((list) => Uint32Array.from(list)), present };
}
