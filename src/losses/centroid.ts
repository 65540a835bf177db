import * as tf from "@tensorflow/tfjs-core";
import type { Scalar, Tensor, Tensor1D, Tensor2D } from "@tensorflow/tfjs-core";
import { check, numberWhere, optional } from "../options.js";
import { described, isTensor } from "./batch.js";

export interface CentroidOptions {
  /** Mean squared distance to the centroids of other classes up to which they repel, >= 0. Default 10. */
  readonly margin?: number;
  /** Weight of what repels, >= 0. Default 0.01. */
  readonly repel?: number;
}

const atLeast0 = numberWhere("a finite number >= 0", (v) => v >= 0);

/**
 * OLTR's loss of its visual memory (Liu et al. 2019), as its code has it: features f are drawn to the centroid of their class
 * and pushed from the others,
 *
 *     sum of |f - c_y|^2 / (2 batch) + repel * max(0, margin - sum over c != y of |f - c|^2 / (batch * classes)).
 *
 * The gradient by the features is that of the value. By the centroids, the first term's is center loss's instead (Wen et al.
 * 2016): of a class with n features in the batch, the sum of c - f over (1 + n) batch, **whatever the loss is multiplied by**;
 * so the memory follows the features at a pace of its own.
 * @param features float32 [batch, width]
 * @param labels int32 [batch], 0 to classes - 1; another one makes the loss NaN
 * @param centroids float32 [classes, width]
 * @returns [], >= 0; differentiable once
 * @throws RangeError for a wrong type or shape, or an option out of range
 */
export function centroid(
  features: Tensor2D,
  labels: Tensor1D,
  centroids: Tensor2D,
  options: CentroidOptions = {},
): Scalar {
  check("centroid", options, { margin: optional(atLeast0), repel: optional(atLeast0) });
  const { margin = 10, repel = 0.01 } = options;
  checkShapes(features, labels, centroids);
  const [batch, classes] = [features.shape[0], centroids.shape[0]];
  const op = tf.customGrad((...args: unknown[]) => {
    const [f, c, save] = args as [Tensor2D, Tensor2D, tf.GradSaveFunc];
    const own = tf.cast<Tensor2D>(tf.oneHot(labels, classes) as Tensor2D, "float32");
    const away = tf.sub<Tensor2D>(f, tf.div(tf.matMul(own, c), tf.sum(own, 1, true))); // 0 / 0 for a label outside
    const lengths = tf.add(tf.sum(tf.square(f), 1, true), tf.sum(tf.square(c), 1));
    const squares = tf.sub(lengths, tf.mul(tf.matMul(f, c, false, true), 2));
    const apart = tf.div(tf.sum(tf.mul(squares, tf.sub(1, own))), batch * classes);
    const pulls = tf.div(tf.sum(tf.square(away)), 2 * batch);
    save([f, c, own, away, tf.cast(tf.less(apart, margin), "float32")]);
    return { value: tf.add(pulls, tf.mul(tf.relu(tf.sub(margin, apart)), repel)), gradFunc: backward };
  });
  const backward = (dy: Tensor, saved: Tensor[]): Tensor[] => {
    const [f, c, own, away, repels] = saved as [Tensor2D, Tensor2D, Tensor2D, Tensor2D, Tensor];
    const push = tf.mul(tf.mul(dy, repels), (-2 * repel) / (batch * classes));
    const fromOthers = tf.sub(tf.sub(tf.mul(f, classes), tf.sum(c, 0)), away);
    const byFeatures = tf.add(tf.mul(away, tf.div(dy, batch)), tf.mul(fromOthers, push));
    const pulled = tf.matMul(own, away, true); // [classes, width]: sum of f - c over each class's features
    const pace = tf.mul(tf.add(tf.sum(own, 0), 1), batch);
    const toOthers = tf.add(tf.sub(tf.mul(c, batch), tf.sum(f, 0)), pulled);
    const byCentroids = tf.sub(tf.mul(toOthers, push), tf.div(pulled, tf.expandDims(pace, 1)));
    return [byFeatures, byCentroids];
  };
  return op(features, centroids) as Scalar;
}

function checkShapes(features: Tensor2D, labels: Tensor1D, centroids: Tensor2D): void {
  const matrices = [features, centroids].every(
    (one) => isTensor(one) && one.dtype === "float32" && one.rank === 2 && one.size > 0,
  );
  if (!matrices || features.shape[1] !== centroids.shape[1])
    throw new RangeError(
      `centroid: expected features [batch, width] and centroids [classes, width], float32 and not empty, found ` +
        `${described(features)} and ${described(centroids)}`,
    );
  if (!isTensor(labels) || labels.dtype !== "int32" || labels.rank !== 1 || labels.size !== features.shape[0])
    throw new RangeError(
      `centroid: expected int32 labels, one for each of ${features.shape[0]} features, found ${described(labels)}`,
    );
}
