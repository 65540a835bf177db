import type { TensorInfo } from "@tensorflow/tfjs-core";
import { convolve, groupSizeOf, own, pixelsOf, type Convolved, type Geometry, type Source } from "./convolve.js";
import type { Gpu } from "./gpu.js";
import { normalize, normalizeGradient, type NormalizePlan } from "./kernels/normalize.js";
import { affineCoefficients, batchStatistics, channelSums, gradientStatistics } from "./kernels/statistics.js";
import type { TileChoice } from "./tile-choice.js";

/** A batch norm's scale and shift. */
export interface Affine {
  readonly gamma: TensorInfo;
  readonly beta: TensorInfo;
}

/** A batch's statistics, and the coefficients [2, channels] that normalize by them; of several groups, [groups, ...] of each. */
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
  const [coefficients, mean, variance] = [[2, channels], [channels], [channels]].map((shape) =>
    gpu.output(ofGroups(g, shape)),
  ) as [TensorInfo, TensorInfo, TensorInfo];
  const plan = reductionOf(g, parts, epsilon);
  gpu.run(`batch statistics ${JSON.stringify(plan)}`, () => batchStatistics(plan), [channels], {
    ...{ partial: partial!, gamma, beta, coefficients, mean, variance },
  });
  gpu.dispose(partial!);
  return { u: out, coefficients, mean, variance };
}

/** A shape of statistics, of each group where there are several. */
const ofGroups = ({ groups }: Geometry, shape: number[]): number[] => (groups === 1 ? shape : [groups, ...shape]);

const reductionOf = (g: Geometry, parts: number, epsilon: number) => ({
  ...{ channels: g.outChannels, parts, groups: g.groups, count: pixelsOf(g) / g.groups, epsilon },
});

function byTensorFlow(gpu: Gpu, g: Geometry, source: Source, filter: TensorInfo): Convolved {
  const x = plain(gpu, g, source);
  const out = own(gpu, "Conv2D", { x, filter }, g);
  if (x !== source.x) gpu.dispose(x);
  const plan = { pixels: pixelsOf(g), groups: g.groups, channels: g.outChannels, of: "squares" } as const;
  const key = `channel sums ${JSON.stringify(plan)}`;
  const { grid, parts } = gpu.program(key, () => channelSums(plan));
  const partial = gpu.output([parts, 2, g.outChannels]);
  gpu.run(key, () => channelSums(plan), grid, { normalizedInput: out, partial });
  return { out, partial, parts };
}

/** A source's numbers as a tensor of their own, for kernels that cannot compute them on the way. */
export function plain(gpu: Gpu, g: Geometry, source: Source): TensorInfo {
  if (source.kind === "raw") return source.x;
  const { x, coefficients } = source;
  const [batch, height, width, outChannels] = x.shape as [number, number, number, number];
  const plan = { batch, height, width, outChannels, ...groupSizeOf(g) };
  if (source.kind === "normalized") return normalized(gpu, { ...plan, relu: true }, x, coefficients);
  const out = gpu.output(x.shape);
  const key = `normalize gradient ${JSON.stringify(plan)}`;
  const buffers = { gradient: x, normalizedInput: source.other, coefficients, out };
  gpu.runWhole(key, () => normalizeGradient(plan), buffers);
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
  /** k0, k1, k2 of dx = k0 * masked + k1 * u + k2: [3, channels], or [groups, 3, channels]. */
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
  const of = result ? "masked" : "gradient";
  const plan = { pixels: pixelsOf(g), groups: g.groups, channels: g.outChannels, of } as const;
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
  const coefficients = gpu.output(ofGroups(g, [3, channels]));
  const [dGamma, dBeta] = [gpu.output([channels]), gpu.output([channels])];
  const plan = reductionOf(g, parts, epsilon);
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
