import * as tf from "@tensorflow/tfjs-core";
import type { Tensor, Tensor1D, Tensor2D, Variable } from "@tensorflow/tfjs-core";
import { CLASSIFIER, lengths, unit, type Head } from "./head.js";
import type { Variables } from "./variables.js";

/** The visual memory, [classes, width]: a centroid of features for each class. `losses.centroid` moves it. */
export const MEMORY = `${CLASSIFIER}memory`;
/** What says, as a linear classifier would, which centroids a feature calls to mind. */
export const HALLUCINATOR = { matrix: `${CLASSIFIER}hallucinator/matrix`, bias: `${CLASSIFIER}hallucinator/bias` };

/** Factor of the reachability, and of the logits, as in OLTR's code. */
const [REACH, SCALE] = [10, 16];
/** Distances below it count as it. */
const NEAREST = 1e-6;

/**
 * OLTR's dynamic meta-embedding and its classifier (Liu et al. 2019, "Large-Scale Long-Tailed Recognition in an Open World",
 * section 3.2): a feature is enriched by the centroids that it calls to mind, so that the tail learns from the head,
 *
 *     v = r (f + tanh(f S + s) * (softmax(f H + h) M)),   r = 10 / distance of f to the nearest centroid in M,
 *     logits = 16 v / (1 + |v|) * unit columns.
 *
 * As in its code, where the paper has r = 1 / distance and squashes by |v| / (1 + |v|^2). As there too, the classifier's loss takes
 * M as a constant. A feature on a centroid has r = 1e7, where its code divides by 0.
 */
export function metaEmbedding(variables: Variables, width: number, classes: number): Head {
  const bound = 1 / Math.sqrt(width);
  const matrix = (name: string, columns: number) => variables.uniform<Tensor2D>(name, [width, columns], bound);
  const bias = (name: string, columns: number) => variables.uniform<Tensor1D>(name, [columns], bound);
  const memory: Variable & Tensor2D = variables.normal(MEMORY, [classes, width], 1);
  const hallucinator = { matrix: matrix(HALLUCINATOR.matrix, classes), bias: bias(HALLUCINATOR.bias, classes) };
  const selector = {
    matrix: matrix(`${CLASSIFIER}selector/matrix`, width),
    bias: bias(`${CLASSIFIER}selector/bias`, width),
  };
  const directions = matrix(`${CLASSIFIER}matrix`, classes);
  return {
    name: "meta-embedding",
    apply(features) {
      const shares = tf.softmax(tf.add<Tensor2D>(tf.matMul(features, hallucinator.matrix), hallucinator.bias));
      const concepts = tf.tanh(tf.add<Tensor2D>(tf.matMul(features, selector.matrix), selector.bias));
      const enriched = tf.add(features, tf.mul(concepts, recall(shares, memory)));
      const embedding: Tensor2D = tf.mul(enriched, reachability(features, memory));
      const squashed: Tensor2D = tf.div(embedding, tf.add(1, lengths(embedding, 1)));
      return tf.mul(tf.matMul(squashed, unit(directions, 0)), SCALE);
    },
  };
}

/** What the memory holds, by shares: shares * memory, the memory a constant. */
function recall(shares: Tensor2D, memory: Tensor2D): Tensor2D {
  const op = tf.customGrad((given: unknown) => ({
    value: tf.matMul(given as Tensor2D, memory),
    gradFunc: (dy: Tensor) => tf.matMul(dy, memory, false, true),
  }));
  return op(shares) as Tensor2D;
}

/** 10 / distance to the nearest centroid, [batch, 1], the memory a constant. */
function reachability(features: Tensor2D, memory: Tensor2D): Tensor2D {
  const op = tf.customGrad((...args: unknown[]) => {
    const [from, save] = args as [Tensor2D, tf.GradSaveFunc];
    // Which is nearest, by squared distances less that of the feature to 0; how far it is, without what that loses.
    const partial = tf.sub(tf.sum(tf.square(memory), 1), tf.mul(tf.matMul(from, memory, false, true), 2));
    const away: Tensor2D = tf.sub(from, tf.gather(memory, tf.argMin<Tensor1D>(partial, 1)));
    const distance = tf.maximum(lengths(away, 1), NEAREST);
    const reach = tf.div<Tensor2D>(REACH, distance);
    save([away, distance]);
    return { value: reach, gradFunc: byDistance };
  });
  const byDistance = (dy: Tensor, [away, distance]: Tensor[]): Tensor => {
    const slope = tf.div(tf.mul(dy, -REACH), tf.mul(tf.square(distance!), distance!));
    return tf.mul(away!, tf.where(tf.greater(distance!, NEAREST), slope, 0));
  };
  return op(features);
}
