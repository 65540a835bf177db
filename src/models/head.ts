import * as tf from "@tensorflow/tfjs-core";
import type { Tensor1D, Tensor2D, Variable } from "@tensorflow/tfjs-core";
import type { Variables } from "./variables.js";

/** "linear": logits = features * matrix + bias. "cosine": cosines of the angles between features and columns (LDAM's). */
export type HeadName = "linear" | "cosine";

/** What makes logits of features. */
export interface Head {
  readonly name: HeadName;
  /** @param features [batch, width] @returns [batch, classes] */
  apply(features: Tensor2D): Tensor2D;
}

/** The names of a head's variables begin so. */
export const CLASSIFIER = "classifier/";

/** A new head, initialized as the authors' (He's normal weights, biases within 1 / sqrt(width); cosine: unit columns). */
export function head(name: HeadName, variables: Variables, width: number, classes: number): Head {
  if (name === "cosine") {
    const matrix: Variable & Tensor2D = variables.unitColumns(`${CLASSIFIER}matrix`, [width, classes]);
    return { name, apply: (features) => tf.matMul(unit(features, 1), unit(matrix, 0)) };
  }
  const matrix: Variable & Tensor2D = variables.normal(`${CLASSIFIER}matrix`, [width, classes], Math.sqrt(2 / width));
  const bias: Variable & Tensor1D = variables.uniform(`${CLASSIFIER}bias`, [classes], 1 / Math.sqrt(width));
  return { name, apply: (features) => tf.add(tf.matMul(features, matrix), bias) };
}

/** Vectors along an axis, scaled to length 1; one of length 0 stays. */
export function unit(vectors: Tensor2D, axis: 0 | 1): Tensor2D {
  const square = tf.sum(tf.square(vectors), axis, true);
  return tf.div(vectors, tf.sqrt(tf.maximum(square, 1e-24)));
}
