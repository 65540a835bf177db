import type { TensorInfo } from "@tensorflow/tfjs-core";
import { convolve, own, pixelsOf, type Convolved, type Geometry, type Source } from "./convolve.js";
import { sizeOf, type Gpu } from "./gpu.js";
import { normalize, normalizeGradient, type NormalizePlan } from "./kernels/normalize.js";
import { affineCoefficients, batchStatistics, channelSums, gradientStatistics } from "./kernels/statistics.js";
import type { TileChoice } from "./tile-choice.js";

/** A batch norm's scale and shift. */
export interface Affine {
  readonly gamma: TensorInfo;
  readonly beta: TensorInfo;
}

/** A batch's statistics, and the coefficients [2, channels] that normalize by them. */
export interface Measured {
  readonly coefficients: TensorInfo;
  readonly mean: TensorInfo;
  readonly variance: TensorInfo;
}

/** A convolution and the statistics of its result. */
export function convolveAndMeasure(
  gpu: Gpu,
  tiles: TileChoice,
  g: Geometry,
  source: Source,
  { filter, gamma, beta, epsilon }: Affine & { readonly filter: TensorInfo; readonly epsilon: number },
): Measured & { readonly u: TensorInfo } {
  const { out, partial, parts } =
    convolve(gpu, tiles, g, source, filter, { epilogue: "sums" }) ?? byTensorFlow(gpu, g, source, filter);
  const channels = g.outChannels;
  const [coefficients, mean, variance] = [gpu.output([2, channels]), gpu.output([channels]), gpu.output([channels])];
  const plan = { channels, parts, count: pixelsOf(g), epsilon };
  gpu.run(`batch statistics ${JSON.stringify(plan)}`, () => batchStatistics(plan), [channels], {
    ...{ partial: partial!, gamma, beta, coefficients, mean, variance },
  });
  gpu.dispose(partial!);
  return { u: out, coefficients, mean, variance };
}

function byTensorFlow(gpu: Gpu, g: Geometry, source: Source, filter: TensorInfo): Convolved {
  const x = plain(gpu, source);
  const out = own(gpu, "Conv2D", { x, filter }, g);
  if (x !== source.x) gpu.dispose(x);
  const plan = { pixels: pixelsOf(g), channels: g.outChannels, of: "squares" } as const;
  const key = `channel sums ${JSON.stringify(plan)}`;
  const { grid, parts } = gpu.program(key, () => channelSums(plan));
  const partial = gpu.output([parts, 2, g.outChannels]);
  gpu.run(key, () => channelSums(plan), grid, { normalizedInput: out, partial });
  return { out, partial, parts };
}

/** A source's numbers as a tensor of their own, for kernels that cannot compute them on the way. */
export function plain(gpu: Gpu, source: Source): TensorInfo {
  if (source.kind === "raw") return source.x;
  const { x, coefficients } = source;
  const channels = coefficients.shape[1]!;
  if (source.kind === "normalized") {
    const [batch, height, width] = x.shape as [number, number, number, number];
    return normalized(gpu, { batch, height, width, outChannels: channels, relu: true }, x, coefficients);
  }
  const [out, size] = [gpu.output(x.shape), sizeOf(x)];
  const key = `normalize gradient ${size} ${channels}`;
  const buffers = { gradient: x, normalizedInput: source.other, coefficients, out };
  gpu.runWhole(key, () => normalizeGradient(size, channels), buffers);
  return out;
}

/** y = relu(k0 * u + k1 + shortcut) */
export function normalized(
  gpu: Gpu,
  plan: NormalizePlan,
  source: TensorInfo,
  coefficients: TensorInfo,
  added?: TensorInfo,
): TensorInfo {
  const out = gpu.output([plan.batch, plan.height, plan.width, plan.outChannels]);
  const key = `normalize ${JSON.stringify(plan)}`;
  gpu.runWhole(key, () => normalize(plan), { source, coefficients, out, ...(added && { added }) });
  return out;
}

/** The gradient behind a batch norm, masked by the ReLU that followed, and what becomes of it before the batch norm. */
export interface GradientMeasured {
  readonly masked: TensorInfo;
  /** k0, k1, k2 of dx = k0 * masked + k1 * u + k2: [3, channels]. */
  readonly coefficients: TensorInfo;
  readonly dGamma: TensorInfo;
  readonly dBeta: TensorInfo;
}

/** The batch norm whose gradient is wanted. */
export interface Normalization {
  readonly gamma: TensorInfo;
  readonly mean: TensorInfo;
  readonly variance: TensorInfo;
  readonly epsilon: number;
}

/** @param result the ReLU's, where one followed; without one, `masked` is `dy` itself */
export function measureGradient(
  gpu: Gpu,
  g: Geometry,
  dy: TensorInfo,
  result: TensorInfo | undefined,
  u: TensorInfo,
  by: Normalization,
): GradientMeasured {
  const plan = { pixels: pixelsOf(g), channels: g.outChannels, of: result ? "masked" : "gradient" } as const;
  const key = `channel sums ${JSON.stringify(plan)}`;
  const { grid, parts } = gpu.program(key, () => channelSums(plan));
  const [masked, partial] = [result ? gpu.output(dy.shape) : dy, gpu.output([parts, 2, g.outChannels])];
  const buffers = { gradient: dy, normalizedInput: u, partial, ...(result && { result, masked }) };
  gpu.run(key, () => channelSums(plan), grid, buffers);
  return { masked, ...gradientOfNormalization(gpu, g, partial, parts, by) };
}

/** From the sums of a gradient and of its product with the batch norm's input, in parts, which are given back. */
export function gradientOfNormalization(
  gpu: Gpu,
  g: Geometry,
  partial: TensorInfo,
  parts: number,
  { gamma, mean, variance, epsilon }: Normalization,
): Omit<GradientMeasured, "masked"> {
  const channels = g.outChannels;
  const [coefficients, dGamma, dBeta] = [gpu.output([3, channels]), gpu.output([channels]), gpu.output([channels])];
  const plan = { channels, parts, count: pixelsOf(g), epsilon };
  gpu.run(`gradient statistics ${JSON.stringify(plan)}`, () => gradientStatistics(plan), [channels], {
    ...{ partial, gamma, mean, variance, coefficients, dGamma, dBeta },
  });
  gpu.dispose(partial);
  return { coefficients, dGamma, dBeta };
}

/** The coefficients [2, channels] of a batch norm by given statistics. */
export function affine(gpu: Gpu, { gamma, mean, variance, epsilon }: Normalization, beta: TensorInfo): TensorInfo {
  const [channels, coefficients] = [gamma.shape[0]!, gpu.output([2, gamma.shape[0]!])];
  const make = () => affineCoefficients(channels, epsilon);
  gpu.run(`affine coefficients ${channels} ${epsilon}`, make, [Math.ceil(channels / 256)], {
    ...{ gamma, beta, mean, variance, coefficients },
  });
  return coefficients;
}
