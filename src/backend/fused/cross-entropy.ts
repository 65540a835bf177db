import * as tf from "@tensorflow/tfjs-core";
import type { Scalar, Tensor, Tensor1D, Tensor2D } from "@tensorflow/tfjs-core";
import { hasKernel, runKernel } from "./kernel.js";
import { requireOperands } from "./operands.js";

export interface CrossEntropyOptions {
  /** Weight of each class, [classes]. Default: all 1. */
  readonly weights?: Tensor1D;
  /** Taken from the logit of the true class, [classes] (LDAM, Cao et al. 2019). Default: all 0. */
  readonly margins?: Tensor1D;
  /** Factor of the logits after the margin (LDAM's s). Default 1. */
  readonly scale?: number;
}

/**
 * Cross-entropy of softmax(scale * (logits - margin of the true class)), averaged over the batch by the weights of the true
 * classes (as PyTorch averages), with its gradient.
 *
 * @param logits [batch, classes]
 * @param labels int32 [batch], 0 to classes - 1; another one makes the loss NaN
 * @throws RangeError for logits, weights or margins that are not float32 of these sizes, or other than one label an image
 */
export function crossEntropy(logits: Tensor2D, labels: Tensor1D, options: CrossEntropyOptions = {}): Scalar {
  const { weights, margins, scale = 1 } = options;
  const [batch, classes] = logits.shape;
  requireOperands("crossEntropy", {
    logits: [logits, ["batch", "classes"]],
    ...(weights && { weights: [weights, [classes]] }),
    ...(margins && { margins: [margins, [classes]] }),
  });
  if (labels.shape.length !== 1 || labels.size !== batch)
    throw new RangeError(`crossEntropy: expected ${batch} labels, one an image, found [${labels.shape.join(", ")}]`);
  if (!hasKernel("CrossEntropy") || labels.dtype !== "int32") return crossEntropyReference(logits, labels, options);
  const op = tf.customGrad((...args: unknown[]) => {
    const [given, save] = args as [Tensor2D, tf.GradSaveFunc];
    const inputs = { logits: given, labels, ...(weights && { weights }), ...(margins && { margins }) };
    const [loss, gradient] = runKernel("CrossEntropy", inputs, { scale });
    save([gradient!]);
    return { value: loss as Scalar, gradFunc: (dy: Tensor, [saved]: Tensor[]) => tf.mul(saved!, dy) };
  });
  return op(logits);
}

/** The same, composed of TensorFlow.js's operations. */
export function crossEntropyReference(
  logits: Tensor2D,
  labels: Tensor1D,
  { weights, margins, scale = 1 }: CrossEntropyOptions = {},
): Scalar {
  const classes = logits.shape[1];
  // Not tf.oneHot, which refuses one class alone.
  const isTrue = tf.equal(tf.expandDims(tf.cast(labels, "int32"), 1), tf.range(0, classes, 1, "int32"));
  const truth = tf.cast(isTrue, "float32");
  const shifted = margins ? tf.sub(logits, tf.mul(truth, margins)) : logits;
  const picked = tf.sum(tf.mul(truth, tf.logSoftmax(tf.mul(shifted, scale))), 1);
  const losses = tf.neg(tf.div(picked, tf.sum(truth, 1))); // 0 / 0 for a label outside the classes
  if (!weights) return tf.mean(losses);
  const weightOf = tf.sum(tf.mul(truth, weights), 1);
  return tf.div(tf.sum(tf.mul(losses, weightOf)), tf.sum(weightOf));
}
