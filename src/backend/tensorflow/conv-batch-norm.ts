import { dispose, type Tensor } from "@tensorflow/tfjs-core";
import { normalize, normalizeBy, normalizeGradient } from "./batch-norm.js";
import { conv2d, filterGradient, geometry, inputGradient } from "./convolution.js";
import type { Attributes } from "./operation.js";
import { add, relu, reluGradient } from "./rectifier.js";
import type { Kernels } from "./kernel.js";
import { optionA } from "./shortcut.js";

/** A convolution padded by half its kernel all round. */
export function halfPadded([height, width]: readonly number[], stride: number): Attributes {
  const [down, across] = [(height! - 1) / 2, (width! - 1) / 2];
  return geometry([stride, stride], [down, down, across, across]);
}

interface Options {
  readonly stride: number;
  readonly relu: boolean;
  readonly epsilon: number;
  readonly needsX: boolean;
  /** Of the shortcut that is added, where one is. */
  readonly shortcutStride: number;
}

/** The kernels behind `convBatchNorm` in src/backend/fused. */
export const convBatchNorm: Kernels = {
  ConvBatchNorm(backend, { x, filter, gamma, beta }, attrs) {
    const { stride, relu: active, epsilon } = attrs as unknown as Options;
    const u = conv2d(backend, x!, filter!, halfPadded(filter!.shape, stride));
    const { y, mean, variance } = normalize(backend, { u, gamma: gamma!, beta: beta! }, epsilon);
    if (!active) return [y, mean, variance, u];
    const positive = relu(backend, y);
    y.dispose();
    return [positive, mean, variance, u];
  },
  ConvBatchNormGradient(backend, { dy, x, filter, gamma, mean, variance, y, u }, attrs) {
    const { stride, relu: active, epsilon, needsX } = attrs as unknown as Options;
    const geometry = halfPadded(filter!.shape, stride);
    const slope = active ? reluGradient(backend, dy!, y!) : dy!;
    const moments = { mean: mean!, variance: variance! };
    const [du, dGamma, dBeta] = normalizeGradient(backend, { dy: slope, u: u!, gamma: gamma! }, moments, epsilon);
    if (slope !== dy) slope.dispose();
    const dFilter = filterGradient(backend, { x: x!, dy: du, shape: filter!.shape }, geometry);
    const made = [dFilter, dGamma, dBeta];
    if (needsX) made.push(inputGradient(backend, { dy: du, filter: filter!, shape: x!.shape }, geometry));
    du.dispose();
    return made;
  },
  ConvBatchNormInference(backend, { x, filter, gamma, beta, mean, variance, shortcut }, attrs) {
    const { stride, relu: active, epsilon, shortcutStride } = attrs as unknown as Options;
    const u = conv2d(backend, x!, filter!, halfPadded(filter!.shape, stride));
    const moments = { mean: mean!, variance: variance! };
    const steps: Tensor[] = [u];
    let y = normalizeBy(backend, { u, gamma: gamma!, beta: beta! }, moments, epsilon);
    if (shortcut) {
      const short = optionA(backend, shortcut, u.shape, shortcutStride);
      steps.push(y);
      y = add(backend, y, short);
      if (short !== shortcut) dispose(short as Tensor);
    }
    if (active) {
      steps.push(y);
      y = relu(backend, y);
    }
    dispose(steps);
    return [y];
  },
};
