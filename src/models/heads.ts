import * as tf from "@tensorflow/tfjs-core";
import type { Tensor1D, Tensor2D, Variable } from "@tensorflow/tfjs-core";
import { CLASSIFIER, unit, type Head, type HeadName } from "./head.js";
import { metaEmbedding } from "./meta-embedding.js";
import type { Variables } from "./variables.js";

const HEADS: Record<HeadName, (variables: Variables, width: number, classes: number) => Head> = {
  linear(variables, width, classes) {
    const matrix: Variable & Tensor2D = variables.normal(`${CLASSIFIER}matrix`, [width, classes], Math.sqrt(2 / width));
    const bias: Variable & Tensor1D = variables.uniform(`${CLASSIFIER}bias`, [classes], 1 / Math.sqrt(width));
    return { name: "linear", apply: (features) => tf.add(tf.matMul(features, matrix), bias) };
  },
  cosine(variables, width, classes) {
    const matrix: Variable & Tensor2D = variables.unitColumns(`${CLASSIFIER}matrix`, [width, classes]);
    return { name: "cosine", apply: (features) => tf.matMul(unit(features, 1), unit(matrix, 0)) };
  },
  "meta-embedding": metaEmbedding,
};

/** A new head, initialized as the authors' for CIFAR (He's normal weights, biases within 1 / sqrt(width); cosine: unit columns). */
export function head(name: HeadName, variables: Variables, width: number, classes: number): Head {
  return HEADS[name](variables, width, classes);
}
