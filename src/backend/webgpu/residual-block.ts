import type { TensorInfo } from "@tensorflow/tfjs-core";
import { convolveAndMeasure, gradientOfNormalization, measureGradient, normalized } from "./batch-norm.js";
import { shortcutTo, sizes } from "./conv-batch-norm.js";
import { convolve, geometry, gradientOfFilter, type Convolved, type Geometry } from "./convolve.js";
import type { GpuKernel, Kernels } from "./kernel.js";

interface Attributes {
  readonly stride: number;
  readonly epsilon: number;
  /** Default 1. */
  readonly groups?: number;
}

/** A block is made of 3 x 3 convolutions that programs of ours take; where the GPU's limits leave no tile, it says so. */
function made<T>(what: T | undefined, g: Geometry): T {
  if (what !== undefined) return what;
  throw new Error(
    `WebGPU: expected a residual block whose convolutions fit this GPU's workgroups, found ${g.inChannels} to ` +
      `${g.outChannels} channels at ${g.height} x ${g.width}; use another device: device.use("simd")`,
  );
}

const forward: GpuKernel = ({ gpu, tiles }, inputs, attrs) => {
  const { x, filter1, gamma1, beta1, filter2, gamma2, beta2 } = inputs;
  const { stride, epsilon, groups } = attrs as unknown as Attributes;
  const g1 = geometry(x, filter1, stride, groups);
  const first = { filter: filter1, gamma: gamma1, beta: beta1, epsilon };
  const one = convolveAndMeasure(gpu, tiles, g1, { kind: "raw", x }, first);
  const g2 = geometry(one.u, filter2, 1, groups);
  const second = { filter: filter2, gamma: gamma2, beta: beta2, epsilon };
  const middle = { kind: "normalized", x: one.u, coefficients: one.coefficients } as const;
  const two = convolveAndMeasure(gpu, tiles, g2, middle, second);
  const plan = { ...sizes(g2), relu: true, shortcut: shortcutTo(x, stride) };
  const y = normalized(gpu, plan, two.u, two.coefficients, x);
  gpu.dispose(two.coefficients);
  return [y, one.mean, one.variance, two.mean, two.variance, one.u, two.u, one.coefficients];
};

/** Kernels of ../fused/residual-block.ts, which says what they compute. */
export const residualBlock: Kernels = {
  ResidualBlock: forward,
  ResidualBlockInGroups: forward,

  ResidualBlockGradient({ gpu, tiles }, inputs, attrs) {
    const { dy, y, x, u1, u2, filter1, gamma1, filter2, gamma2, mean1, variance1, mean2, variance2 } = inputs;
    const { stride, epsilon, groups } = attrs as unknown as Attributes;
    const [g1, g2] = [geometry(x, filter1, stride, groups), geometry(u1, filter2, 1, groups)];
    const by1 = { gamma: gamma1, mean: mean1, variance: variance1, epsilon };
    const by2 = { gamma: gamma2, mean: mean2, variance: variance2, epsilon };
    const two = measureGradient(gpu, g2, dy, y, u2, by2);
    const k1 = inputs["coefficients1"]!;
    const slope2 = { kind: "gradient", x: two.masked, other: u2, coefficients: two.coefficients } as const;
    const middle = { kind: "normalized", x: u1, coefficients: k1 } as const;
    const dFilter2 = made(gradientOfFilter(gpu, tiles, g2, middle, slope2, filter2), g2);
    const mask = { epilogue: "mask", buffers: { normalizedInput: u1, maskCoefficients: k1 } } as const;
    const between = made<Convolved>(convolve(gpu, tiles, g2, slope2, filter2, mask, true), g2);
    const one = gradientOfNormalization(gpu, g1, between.partial!, between.parts, by1);
    const slope1 = { kind: "gradient", x: between.out, other: u1, coefficients: one.coefficients } as const;
    const dFilter1 = made(gradientOfFilter(gpu, tiles, g1, { kind: "raw", x }, slope1, filter1), g1);
    // The shortcut's gradient is the masked one at its pixels: read the other way round.
    const added = two.masked;
    const shortcut = { channels: g1.outChannels, height: g1.height, width: g1.width, stride };
    const finish = { epilogue: "shortcut", shortcut, buffers: { added } } as const;
    const dx: TensorInfo = made<Convolved>(convolve(gpu, tiles, g1, slope1, filter1, finish, true), g1).out;
    gpu.dispose(two.masked, two.coefficients, between.out, one.coefficients);
    return [dx, dFilter1, one.dGamma, one.dBeta, dFilter2, two.dGamma, two.dBeta];
  },
};
