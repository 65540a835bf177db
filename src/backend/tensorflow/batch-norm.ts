import type { Tensor, TensorInfo } from "@tensorflow/tfjs-core";
import * as tf from "@tensorflow/tfjs-core";
import { execute, Float, type Attributes, type NativeBackend } from "./operation.js";
import type { Kernels } from "./kernel.js";

/** What batch normalization of images, NHWC, is computed from. */
export interface BatchNormInputs {
  readonly u: TensorInfo;
  readonly gamma: TensorInfo;
  readonly beta: TensorInfo;
}

/** Mean and biased variance of each channel. */
export interface Moments {
  readonly mean: Tensor;
  readonly variance: Tensor;
}

/** Normalizes by the batch's own moments, which it gives too. */
export function normalize(
  backend: NativeBackend,
  { u, gamma, beta }: BatchNormInputs,
  epsilon: number,
): { readonly y: Tensor } & Moments {
  const none = tf.tensor1d([], "float32");
  const made = execute(backend, NAME, [u, gamma, beta, none, none], attributes(epsilon, true), 5);
  const [y, mean, unbiased, ...reserved] = made as [Tensor, Tensor, Tensor, Tensor, Tensor];
  const count = y.size / mean.size;
  const variance = tf.tidy(() => tf.mul(unbiased, (count - 1) / count));
  tf.dispose([none, unbiased, ...reserved]);
  return { y, mean, variance };
}

/** Normalizes by moments that are given. */
export function normalizeBy(
  backend: NativeBackend,
  { u, gamma, beta }: BatchNormInputs,
  { mean, variance }: Moments,
  epsilon: number,
): Tensor {
  const inputs = [u, gamma, beta, mean, variance];
  const [y, ...rest] = execute(backend, NAME, inputs, attributes(epsilon, false), 5);
  tf.dispose(rest);
  return y!;
}

/** Gradient of `normalize`: with respect to u, gamma and beta. */
export function normalizeGradient(
  backend: NativeBackend,
  { dy, u, gamma }: { readonly dy: TensorInfo; readonly u: TensorInfo; readonly gamma: TensorInfo },
  { mean, variance }: Moments,
  epsilon: number,
): [du: Tensor, dGamma: Tensor, dBeta: Tensor] {
  // cuDNN keeps the inverse of the deviation where the kernel for CPUs keeps the variance.
  const kept = backend.isUsingGpuDevice ? tf.tidy(() => tf.rsqrt(tf.add(variance, epsilon))) : variance;
  const made = execute(backend, GRADIENT, [dy, u, gamma, mean, kept], attributes(epsilon, true, false), 5);
  const [du, dGamma, dBeta, ...reserved] = made as [Tensor, Tensor, Tensor, Tensor, Tensor];
  tf.dispose(reserved);
  if (kept !== variance) kept.dispose();
  return [du, dGamma, dBeta];
}

// The third version wants a memory of cuDNN's handed over too.
const NAME = "FusedBatchNormV2";
const GRADIENT = "FusedBatchNormGradV2";

function attributes(epsilon: number, training: boolean, forward = true): Attributes {
  const types = { T: "float32", U: "float32", data_format: "NHWC" };
  return {
    ...types,
    epsilon: new Float(epsilon),
    is_training: training,
    ...(forward && { exponential_avg_factor: new Float(1) }),
  };
}

/** The kernel behind the gradient of TensorFlow.js's own batch normalization (../gradients.ts), by moments that are given. */
export const batchNormGradient: Kernels = {
  FusedBatchNormGradient(backend, { dy, x, mean, variance, scale }, attrs) {
    const epsilon = attrs["varianceEpsilon"] as number;
    const inputs = [dy!, x!, scale!, mean!, variance!];
    const [dx, dScale, dOffset, ...rest] = execute(backend, GRADIENT, inputs, attributes(epsilon, false, false), 5);
    tf.dispose(rest);
    const [dMean, dVariance] = tf.tidy((): [Tensor, Tensor] => {
      const inverse = tf.rsqrt(tf.add(variance!, epsilon));
      const slope = tf.neg(tf.mul(scale!, inverse));
      return [tf.mul(slope, dOffset!), tf.mul(tf.mul(slope, inverse), tf.div(dScale!, 2))];
    });
    return [dx!, dMean, dVariance, dScale!, dOffset!];
  },
};
