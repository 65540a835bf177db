import * as tf from "@tensorflow/tfjs";
import type { Tensor4D } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import * as fused from "../../../../src/backend/fused/index.js";
import "../../../../src/backend/simd/index.js";

const whole = { x: tf.ones([2, 6, 6, 4], "int32") };
const wide = { x: tf.ones([2, 6, 6, 8]) };

/** Operands of a convolution with batch norm and of a residual block, some of them others. */
const convolution = (others: object = {}) => ({
  ...{ x: tf.ones<tf.Rank.R4>([2, 6, 6, 4]), filter: tf.ones<tf.Rank.R4>([3, 3, 4, 8]) },
  ...{ gamma: tf.ones<tf.Rank.R1>([8]), beta: tf.zeros<tf.Rank.R1>([8]) },
  ...others,
});
const block = (others: object = {}) => {
  const { x, filter, gamma, beta } = convolution();
  const second = { filter2: tf.ones<tf.Rank.R4>([3, 3, 8, 8]), gamma2: gamma, beta2: beta };
  return { x, filter1: filter, gamma1: gamma, beta1: beta, ...second, ...others };
};
const logits = tf.ones<tf.Rank.R2>([2, 3]);
const labels = tf.tensor1d([0, 2], "int32");
const statistics = { mean: tf.zeros<tf.Rank.R1>([4]), variance: tf.ones<tf.Rank.R1>([4]) };
const step = (gradients: tf.Tensor[], velocity = tf.zeros([4])) => {
  const variables = [tf.ones([4]), velocity].map((one) => tf.variable(one));
  fused.sgd([variables[0]!], gradients, [variables[1]!], { learningRate: 0.1 });
};

describe.each(["simd", "cpu"])("operands that do not fit are named, on %s", (backend) => {
  beforeAll(() => tf.setBackend(backend));

  test.each<[string, () => unknown, string]>([
    ["integers", () => fused.convBatchNorm(convolution(whole)), "x to be float32 [batch, height, width, 4], found int32 [2"],
    ["more channels", () => fused.convBatchNorm(convolution(wide)), "width, 4], found float32 [2, 6, 6, 8]"],
    ["a short gamma", () => fused.convBatchNorm(convolution({ gamma: tf.ones([4]) })), "gamma to be float32 [8], found"],
    ["one beta", () => fused.convBatchNorm(convolution({ beta: tf.ones([1]) })), "beta to be float32 [8], found float32 [1]"],
    ["others' statistics", () => fused.convBatchNorm(convolution(), { statistics }), "mean to be float32 [8], found"],
    ["an even filter", () => fused.convBatchNorm(convolution({ filter: tf.ones([4, 2, 4, 8]) })), "odd height and width, found 4 x 2"],
    ["half a stride", () => fused.convBatchNorm(convolution(), { stride: 0.5 }), "whole number above 0, found 0.5"],
    ["integers", () => fused.residualBlock(block(whole)), "residualBlock: expected x to be float32"],
    ["more channels", () => fused.residualBlock(block(wide)), "width, 4], found float32 [2, 6, 6, 8]"],
    ["a filter that does not follow", () => fused.residualBlock(block({ filter2: tf.ones([3, 3, 4, 8]) })), "filter2 to be float32 [3, 3, 8, 8]"],
    ["a large filter", () => fused.residualBlock(block({ filter1: tf.ones([5, 5, 4, 8]) })), "filter1 to be float32 [3, 3, 4, 8]"],
    ["others' statistics", () => fused.residualBlock(block(), { statistics: [statistics, statistics] }), "mean1 to be float32 [8]"],
    ["fewer channels out", () => fused.residualBlock(block({ ...wide, filter1: tf.ones([3, 3, 8, 4]), filter2: tf.ones([3, 3, 4, 4]), gamma1: tf.ones([4]), beta1: tf.ones([4]), gamma2: tf.ones([4]), beta2: tf.ones([4]) })), "found 8 in and 4 out"],
    ["no stride", () => fused.residualBlock(block(), { stride: 0 }), "whole number above 0, found 0"],
    ["integers", () => fused.globalAveragePool(whole.x as Tensor4D), "globalAveragePool: expected x to be float32"],
    ["whole logits", () => fused.crossEntropy(tf.ones([2, 3], "int32"), labels), "logits to be float32 [batch, classes], found int32"],
    ["too few labels", () => fused.crossEntropy(tf.ones<tf.Rank.R2>([4, 3]), labels), "expected 4 labels, one an image, found [2]"],
    ["too few weights", () => fused.crossEntropy(logits, labels, { weights: tf.ones([2]) }), "weights to be float32 [3], found float32 [2]"],
    ["whole margins", () => fused.crossEntropy(logits, labels, { margins: tf.ones([3], "int32") }), "margins to be float32 [3], found int32"],
    ["a short gradient", () => step([tf.ones([2])]), "sgd: expected gradient to be float32 [4], found float32 [2]"],
    ["a whole gradient", () => step([tf.ones([4], "int32")]), "gradient to be float32 [4], found int32 [4]"],
    ["a short velocity", () => step([tf.ones([4])], tf.zeros([2])), "velocity to be float32 [4], found float32 [2]"],
    ["no gradient", () => step([]), "a velocity for each of 1 parameters, found 0 and 1"],
  ])("%s: %s", (_, call, said) => expect(call).toThrow(said)); // prettier-ignore
});
