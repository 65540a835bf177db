import type { TensorInfo } from "@tensorflow/tfjs-core";
import {
  affine,
  convolveAndMeasure,
  measureGradient,
  normalized,
  plain,
  type Affine,
  type Normalization,
} from "./batch-norm.js";
import {
  convolve,
  geometry,
  gradientOfFilter,
  groupSizeOf,
  own,
  type Finish,
  type Geometry,
  type Source,
} from "./convolve.js";
import type { Gpu } from "./gpu.js";
import type { GpuKernel, Kernels } from "./kernel.js";
import type { TileChoice } from "./tile-choice.js";

interface Attributes {
  readonly stride: number;
  readonly epsilon: number;
  readonly relu: boolean;
  readonly needsX: boolean;
  /** Default 1. */
  readonly groups?: number;
  /** Of the shortcut that is added, where one is. */
  readonly shortcutStride: number;
}

const forward: GpuKernel = ({ gpu, tiles }, inputs, attrs) => {
  const { x, filter, gamma, beta } = inputs;
  const { stride, epsilon, relu, groups } = attrs as unknown as Attributes;
  const g = geometry(x, filter, stride, groups);
  const weights = { filter, gamma, beta, epsilon };
  const { u, coefficients, mean, variance } = convolveAndMeasure(gpu, tiles, g, { kind: "raw", x }, weights);
  const y = normalized(gpu, { ...sizes(g), relu }, u, coefficients);
  gpu.dispose(coefficients);
  return [y, mean, variance, u];
};

/** Kernels of ../fused/conv-batch-norm.ts, which says what they compute. */
export const convBatchNorm: Kernels = {
  ConvBatchNorm: forward,
  ConvBatchNormInGroups: forward,

  ConvBatchNormGradient({ gpu, tiles }, inputs, attrs) {
    const { dy, y, u, x, filter, gamma, mean, variance } = inputs;
    const { stride, epsilon, relu, needsX, groups } = attrs as unknown as Attributes;
    const g = geometry(x, filter, stride, groups);
    const by = { gamma, mean, variance, epsilon };
    const { masked, coefficients, dGamma, dBeta } = measureGradient(gpu, g, dy, relu ? y : undefined, u, by);
    const slope = { kind: "gradient", x: masked, other: u, coefficients } as const;
    const { dFilter, dx } = gradients(gpu, tiles, g, x, slope, filter, needsX);
    gpu.dispose(coefficients, ...(relu ? [masked] : []));
    return [dFilter, dGamma, dBeta, ...(dx ? [dx] : [])];
  },

  ConvBatchNormInference({ gpu, tiles }, inputs, attrs) {
    const { x, filter, gamma, beta, mean, variance } = inputs;
    const { stride, epsilon, relu, shortcutStride } = attrs as unknown as Attributes;
    const g = geometry(x, filter, stride);
    const added = inputs["shortcut"];
    const finish = { relu, ...(added && { added, shortcut: shortcutTo(added, shortcutStride) }) };
    return evaluated(gpu, tiles, g, x, filter, { gamma, beta, mean, variance, epsilon }, finish);
  },
};

/** What a plan to normalize a convolution's result says of it. */
export const sizes = (g: Geometry) => ({
  ...{ batch: g.batch, height: g.height, width: g.width, outChannels: g.outChannels },
  ...groupSizeOf(g),
});

/** How the shortcut of kind A lies that is added to a convolution's result. */
export function shortcutTo(added: TensorInfo, stride: number) {
  const [, height, width, channels] = added.shape as [number, number, number, number];
  return { channels, height, width, stride };
}

function evaluated(
  gpu: Gpu,
  tiles: TileChoice,
  g: Geometry,
  x: TensorInfo,
  filter: TensorInfo,
  { beta, ...by }: Normalization & Affine,
  { added, ...finish }: Pick<Finish, "shortcut"> & { readonly relu: boolean; readonly added?: TensorInfo },
): TensorInfo {
  const { gamma, mean, variance, epsilon } = by;
  const buffers = { gamma, beta, mean, variance, ...(added && { added }) };
  const end = { epilogue: "affine", epsilon, buffers, ...finish } as const;
  const made = convolve(gpu, tiles, g, { kind: "raw", x }, filter, end);
  if (made) return made.out;
  const [u, coefficients] = [own(gpu, "Conv2D", { x, filter }, g), affine(gpu, by, beta)];
  const y = normalized(gpu, { ...sizes(g), ...finish }, u, coefficients, added);
  gpu.dispose(u, coefficients);
  return y;
}

/** Both gradients of a convolution whose result's gradient is `slope`. */
function gradients(
  gpu: Gpu,
  tiles: TileChoice,
  g: Geometry,
  x: TensorInfo,
  slope: Extract<Source, { kind: "gradient" }>,
  filter: TensorInfo,
  needsX: boolean,
): { readonly dFilter: TensorInfo; readonly dx?: TensorInfo } {
  let dy: TensorInfo | undefined;
  const plainSlope = (): TensorInfo => (dy ??= plain(gpu, g, slope));
  const dFilter =
    gradientOfFilter(gpu, tiles, g, { kind: "raw", x }, slope, filter) ??
    own(gpu, "Conv2DBackpropFilter", { x, dy: plainSlope() }, g, { filterShape: filter.shape });
  const dx = needsX
    ? (convolve(gpu, tiles, g, slope, filter, { epilogue: "none" }, true)?.out ??
      own(gpu, "Conv2DBackpropInput", { dy: plainSlope(), filter }, g, { inputShape: x.shape }))
    : undefined;
  if (dy) gpu.dispose(dy);
  return { dFilter, ...(dx && { dx }) };
}
