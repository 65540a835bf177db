import * as tf from "@tensorflow/tfjs-core";
import type { Scalar, Tensor2D } from "@tensorflow/tfjs-core";
import { crossEntropy } from "../losses/index.js";

/**
 * NT-Xent: cross-entropy of finding, among all others, the other view of the same image.
 * @param vectors [2 n, dimension] of length 1; i and i + n are of the same image
 */
export function contrast(vectors: Tensor2D, temperature: number): Scalar {
  const count = vectors.shape[0];
  // A vector is not among its own candidates: exp(-1e9) is 0.
  const itself = tf.mul(tf.eye(count), -1e9);
  const logits: Tensor2D = tf.add(tf.div(tf.matMul(vectors, vectors, false, true), temperature), itself);
  const partners = Int32Array.from({ length: count }, (_, i) => (i + count / 2) % count);
  return crossEntropy(logits, tf.tensor1d(partners, "int32"));
}

/**
 * InfoNCE: cross-entropy of finding, among its own key and those of the queue, a query's own.
 * @param queries [batch, dimension] of length 1, as all keys @param keys [batch, dimension] @param queue [length, dimension]
 */
export function keyContrast(queries: Tensor2D, keys: Tensor2D, queue: Tensor2D, temperature: number): Scalar {
  const own = tf.sum(tf.mul(queries, keys), 1, true);
  const logits = tf.concat2d([own, tf.matMul(queries, queue, false, true)] as Tensor2D[], 1);
  return crossEntropy(tf.div(logits, temperature), tf.zeros([queries.shape[0]], "int32"));
}
