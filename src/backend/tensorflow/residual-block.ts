import { dispose, type Tensor } from "@tensorflow/tfjs-core";
import { normalize, normalizeBy, normalizeGradient } from "./batch-norm.js";
import { halfPadded } from "./conv-batch-norm.js";
import { conv2d, filterGradient, inputGradient } from "./convolution.js";
import { add, relu, reluGradient } from "./rectifier.js";
import type { Kernels } from "./kernel.js";
import { optionA, optionAGradient } from "./shortcut.js";

interface Options {
  readonly stride: number;
  readonly epsilon: number;
}

/** The kernels behind `residualBlock` in src/backend/fused. */
export const residualBlock: Kernels = {
  ResidualBlock(backend, inputs, attrs) {
    const { x, filter1, gamma1, beta1, filter2, gamma2, beta2 } = inputs as Named;
    const { stride, epsilon } = attrs as unknown as Options;
    const u1 = conv2d(backend, x, filter1, halfPadded(filter1.shape, stride));
    const first = normalize(backend, { u: u1, gamma: gamma1, beta: beta1 }, epsilon);
    const y1 = relu(backend, first.y);
    const u2 = conv2d(backend, y1, filter2, halfPadded(filter2.shape, 1));
    const second = normalize(backend, { u: u2, gamma: gamma2, beta: beta2 }, epsilon);
    const short = optionA(backend, x, u2.shape, stride);
    const sum = add(backend, second.y, short);
    const y = relu(backend, sum);
    dispose([first.y, y1, second.y, sum]);
    if (short !== x) dispose(short as Tensor);
    return [y, first.mean, first.variance, second.mean, second.variance, u1, u2];
  },
  ResidualBlockGradient(backend, inputs, attrs) {
    const { dy, y, x, filter1, gamma1, beta1, filter2, gamma2, mean1, variance1, mean2, variance2, u1, u2 } =
      inputs as Named;
    const { stride, epsilon } = attrs as unknown as Options;
    const [one, two] = [halfPadded(filter1.shape, stride), halfPadded(filter2.shape, 1)];
    const first = { mean: mean1, variance: variance1 };
    const dSum = reluGradient(backend, dy, y);
    const second = { mean: mean2, variance: variance2 };
    const [du2, dGamma2, dBeta2] = normalizeGradient(backend, { dy: dSum, u: u2, gamma: gamma2 }, second, epsilon);
    // Computed once more rather than kept: memory.
    const normalized = normalizeBy(backend, { u: u1, gamma: gamma1, beta: beta1 }, first, epsilon);
    const y1 = relu(backend, normalized);
    const dFilter2 = filterGradient(backend, { x: y1, dy: du2, shape: filter2.shape }, two);
    const dy1 = inputGradient(backend, { dy: du2, filter: filter2, shape: y1.shape }, two);
    const slope = reluGradient(backend, dy1, y1);
    const [du1, dGamma1, dBeta1] = normalizeGradient(backend, { dy: slope, u: u1, gamma: gamma1 }, first, epsilon);
    const dFilter1 = filterGradient(backend, { x, dy: du1, shape: filter1.shape }, one);
    const through = inputGradient(backend, { dy: du1, filter: filter1, shape: x.shape }, one);
    const around = optionAGradient(backend, dSum, x.shape, stride);
    const dx = add(backend, through, around);
    if (around !== dSum) dispose(around as Tensor);
    dispose([dSum, du2, normalized, y1, dy1, slope, du1, through]);
    return [dx, dFilter1, dGamma1, dBeta1, dFilter2, dGamma2, dBeta2];
  },
};

type Named = Record<
  | ("dy" | "x" | "y" | "u1" | "u2")
  | ("filter1" | "gamma1" | "beta1" | "mean1" | "variance1")
  | ("filter2" | "gamma2" | "beta2" | "mean2" | "variance2"),
  Tensor
>;
