import * as tf from "@tensorflow/tfjs-core";
import type { Tensor1D, Tensor4D } from "@tensorflow/tfjs-core";

/** Images and what is to be told of them. */
export interface Puzzles {
  readonly images: Tensor4D;
  /** int32 [images] */
  readonly labels: Tensor1D;
}

/** Square images turned by k quarters, counter-clockwise, as NumPy's rot90. */
export function rotate(images: Tensor4D, k: number): Tensor4D {
  if (k % 4 === 0) return images;
  if (k % 4 === 2) return tf.reverse(images, [1, 2]);
  return tf.reverse(tf.transpose(images, [0, 2, 1, 3]), k % 4 === 1 ? 1 : 2);
}

/**
 * Gives each image one of several changes, as many images each change as can be; the images come in random order, so the
 * first ones get the first change. The label is the change's number.
 * @param cut which changes have the images that are left over, below `waysToCut`. Drawn anew for each epoch, no change has more
 *   than another in the long run
 */
export function oneEach(
  images: Tensor4D,
  changes: number,
  change: (part: Tensor4D, k: number) => Tensor4D,
  cut = 0,
): Puzzles {
  const count = images.shape[0];
  const offset = (cut * changes) / waysToCut(count, changes);
  const start = (k: number): number => Math.floor((k * count + offset) / changes);
  const all = Array.from({ length: changes }, (_, k) => ({ k, from: start(k), size: start(k + 1) - start(k) }));
  const parts = all.filter(({ size }) => size > 0);
  return {
    images: tf.concat(parts.map(({ k, from, size }) => change(tf.slice(images, from, size), k))),
    labels: tf.tensor1d(
      parts.flatMap(({ k, size }) => new Array<number>(size).fill(k)),
      "int32",
    ),
  };
}

/** In how many ways `oneEach` can cut so many images: one where nothing is left over. */
export function waysToCut(images: number, changes: number): number {
  const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));
  return changes / divisor(images, changes);
}

/** Every image with each of the changes. */
export function allOfEach(images: Tensor4D, changes: number, change: (all: Tensor4D, k: number) => Tensor4D): Puzzles {
  const numbers = Array.from({ length: changes }, (_, k) => k);
  return {
    images: tf.concat(numbers.map((k) => change(images, k))),
    labels: tf.tensor1d(
      numbers.flatMap((k) => new Array<number>(images.shape[0]).fill(k)),
      "int32",
    ),
  };
}
