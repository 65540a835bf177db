import * as tf from "@tensorflow/tfjs-core";
import type { Tensor2D } from "@tensorflow/tfjs-core";

/**
 * "linear": logits = features * matrix + bias. "cosine": cosines of the angles between features and columns (LDAM's).
 * "meta-embedding": OLTR's, with a memory of the classes.
 */
export type HeadName = "linear" | "cosine" | "meta-embedding";

/** What makes logits of features. */
export interface Head {
  readonly name: HeadName;
  /** @param features [batch, width] @returns [batch, classes] */
  apply(features: Tensor2D): Tensor2D;
}

/** The names of a head's variables begin so. */
export const CLASSIFIER = "classifier/";

/** Vectors along an axis, scaled to length 1; one of length 0 stays. */
export function unit(vectors: Tensor2D, axis: 0 | 1): Tensor2D {
  return tf.div(vectors, lengths(vectors, axis));
}

/** Lengths of the vectors along an axis, which stays with size 1; 1e-12 at least, so that there is a gradient. */
export function lengths(vectors: Tensor2D, axis: 0 | 1): Tensor2D {
  const squares: Tensor2D = tf.sum(tf.square(vectors), axis, true);
  return tf.sqrt(tf.maximum<Tensor2D>(squares, 1e-24));
}
