import * as tf from "@tensorflow/tfjs-core";
import type { Scalar, Tensor1D, Tensor2D } from "@tensorflow/tfjs-core";
import * as fused from "../backend/fused/index.js";
import { check } from "../options.js";
import { checkBatch } from "./batch.js";
import { classWeightsRule, classWeightsTensor, type ClassWeights } from "./class-weights.js";

export interface CrossEntropyOptions {
  /** Default: all classes alike. */
  readonly weights?: ClassWeights;
}

/**
 * Cross-entropy, l = -log softmax(logits)[y], averaged as PyTorch does: the sum of w_y l over the sum of w_y, the weights of
 * the true classes, not over the size of the batch. Where these are all 0, the mean is of nothing and NaN, as in PyTorch.
 * @param logits float32 [batch, classes], finite
 * @param labels int32 [batch], 0 to classes - 1; another one makes the loss NaN
 * @returns [], >= 0; differentiable once with respect to the logits
 * @throws RangeError for a wrong type or shape, weights out of range or not one a class
 */
export function crossEntropy(logits: Tensor2D, labels: Tensor1D, options: CrossEntropyOptions = {}): Scalar {
  check("crossEntropy", options, { weights: classWeightsRule });
  checkBatch("crossEntropy", logits, labels);
  const { weights } = options;
  return tf.tidy(() => {
    const given = weights && { weights: classWeightsTensor("crossEntropy", weights, logits.shape[1]) };
    return fused.crossEntropy(logits, labels, given);
  });
}
