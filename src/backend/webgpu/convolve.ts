import { getKernel, type KernelFunc, type TensorInfo } from "@tensorflow/tfjs-core";
import type { Gpu } from "./gpu.js";
import { sizeOf } from "./gpu.js";
import { cutConvolution, cutFilterGradient } from "./cut.js";
import type { ConvolutionShape, ConvolutionWork } from "./kernels/convolution-plan.js";
import { sumOfParts, type FilterGradientShape } from "./kernels/filter-gradient.js";
import { precisionOf } from "./kernels/precision.js";
import { MOST_GROUPS } from "./program.js";
import type { TileChoice } from "./tile-choice.js";

/** Sizes of a convolution padded by half its kernel. */
export interface Geometry {
  readonly batch: number;
  readonly inHeight: number;
  readonly inWidth: number;
  readonly inChannels: number;
  readonly height: number;
  readonly width: number;
  readonly outChannels: number;
  readonly stride: number;
  readonly kernel: readonly [number, number];
  /** Of images that batch norm sees apart; divides the batch. */
  readonly groups: number;
}

export function geometry(x: TensorInfo, filter: TensorInfo, stride: number, groups = 1): Geometry {
  const [batch, inHeight, inWidth, inChannels] = x.shape as [number, number, number, number];
  const [kh, kw, , outChannels] = filter.shape as [number, number, number, number];
  const [height, width] = [Math.floor((inHeight - 1) / stride) + 1, Math.floor((inWidth - 1) / stride) + 1];
  return { batch, inHeight, inWidth, inChannels, height, width, outChannels, stride, kernel: [kh, kw], groups };
}

/** What a plan says of groups, where there are several. */
export const groupSizeOf = ({ batch, groups }: Geometry): { readonly groupSize?: number } =>
  groups === 1 ? {} : { groupSize: batch / groups };

export const pixelsOf = ({ batch, height, width }: Geometry): number => batch * height * width;

/** A tensor as a convolution reads it. */
export type Source =
  | { readonly kind: "raw"; readonly x: TensorInfo }
  | { readonly kind: "normalized"; readonly x: TensorInfo; readonly coefficients: TensorInfo }
  | {
      readonly kind: "gradient";
      readonly x: TensorInfo;
      readonly other: TensorInfo;
      readonly coefficients: TensorInfo;
    };

/** What the result becomes, with the buffers for it. */
export interface Finish extends Pick<ConvolutionWork, "epilogue" | "shortcut" | "relu" | "epsilon"> {
  readonly buffers?: Readonly<Record<string, TensorInfo>>;
}

/** The result, and where the epilogue sums up, its sums in parts. */
export interface Convolved {
  readonly out: TensorInfo;
  readonly partial?: TensorInfo;
  readonly parts: number;
}

/** y = conv(source, filter), or its gradient by the input; undefined where no program of ours fits. */
export function convolve(
  gpu: Gpu,
  tiles: TileChoice,
  g: Geometry,
  source: Source,
  filter: TensorInfo,
  finish: Finish,
  isTransposed = false,
): Convolved | undefined {
  const shape = shapeOf(g, isTransposed);
  const fits =
    g.kernel[0] === 3 &&
    g.kernel[1] === 3 &&
    shape.outChannels % 4 === 0 &&
    (!isTransposed || shape.inChannels % 4 === 0);
  const { buffers = {}, ...end } = finish;
  // Evaluation is as exact as on any device.
  const precision = finish.epilogue === "affine" ? {} : precisionOf(gpu, shape.inChannels, shape.outChannels);
  const work: ConvolutionWork = { ...shape, prologue: source.kind, ...end, ...precision };
  const tile = fits ? tiles.convolution(work, g.batch) : undefined;
  if (!tile) return undefined;
  const isNormalizing = source.kind !== "raw" || finish.epilogue === "mask";
  const inGroups = { ...work, ...(isNormalizing && groupSizeOf(g)) };
  const { key, program, grid, measures } = cutConvolution(inGroups, tile, g.batch);
  const [groups] = grid;
  if (groups > MOST_GROUPS) return undefined;
  const out = gpu.output([g.batch, shape.height, shape.width, shape.outChannels]);
  const partial = measures ? gpu.output([groups, 2, shape.outChannels]) : undefined;
  gpu.run(key, program, grid, {
    ...{ source: source.x, filters: filter, out },
    ...(source.kind !== "raw" && { coefficients: source.coefficients }),
    ...(source.kind === "gradient" && { other: source.other }),
    ...(partial && { partial }),
    ...buffers,
  });
  return { out, parts: groups, ...(partial && { partial }) };
}

function shapeOf(g: Geometry, isTransposed: boolean): ConvolutionShape {
  const { height, width, inHeight, inWidth, inChannels, outChannels, stride } = g;
  return isTransposed
    ? {
        ...{ height: inHeight, width: inWidth, inHeight: height, inWidth: width },
        ...{ inChannels: outChannels, outChannels: inChannels, stride, isTransposed },
      }
    : { height, width, inHeight, inWidth, inChannels, outChannels, stride, isTransposed };
}

/** The gradient by the filters; undefined where no program of ours fits. */
export function gradientOfFilter(
  gpu: Gpu,
  tiles: TileChoice,
  g: Geometry,
  source: Extract<Source, { kind: "raw" | "normalized" }>,
  slope: Extract<Source, { kind: "raw" | "gradient" }>,
  filter: TensorInfo,
): TensorInfo | undefined {
  const { height, width, inHeight, inWidth, inChannels, outChannels, stride, kernel } = g;
  const shape: FilterGradientShape = { height, width, inHeight, inWidth, inChannels, outChannels, stride };
  const fits =
    kernel[0] === 3 && kernel[1] === 3 && outChannels % 4 === 0 && (inChannels % 4 === 0 || source.kind === "raw");
  const isBehindBatchNorm = slope.kind === "gradient";
  const precision = precisionOf(gpu, inChannels, outChannels);
  const work = { ...shape, prologue: source.kind, isBehindBatchNorm, ...precision };
  const tile = fits ? tiles.filterGradient(work, g.batch) : undefined;
  if (!tile) return undefined;
  const inGroups = { ...work, ...((isBehindBatchNorm || source.kind !== "raw") && groupSizeOf(g)) };
  const { key, program, grid, parts: count, scale } = cutFilterGradient(inGroups, tile, g.batch);
  if (grid[0] > MOST_GROUPS) return undefined;
  const [length, out] = [sizeOf(filter), gpu.output(filter.shape)];
  const parts = gpu.output([count, length]);
  gpu.run(key, program, grid, {
    ...{ source: source.x, gradient: slope.x, parts },
    ...(source.kind === "normalized" && { coefficients: source.coefficients }),
    ...(isBehindBatchNorm && { normalizedInput: slope.other, gradientCoefficients: slope.coefficients }),
  });
  const sum = () => sumOfParts(length, count, scale);
  gpu.runWhole(`sum of ${count} parts of ${length} by ${scale}`, sum, { parts, out });
  gpu.dispose(parts);
  return out;
}

/** TensorFlow.js's own kernels, for the shapes that ours do not take: what they compute of plain tensors. */
export function own(
  gpu: Gpu,
  kernelName: string,
  inputs: Record<string, TensorInfo>,
  g: Geometry,
  attrs: object = {},
): TensorInfo {
  const kernel = STOCK.get(kernelName) ?? getKernel(kernelName, "webgpu").kernelFunc;
  const [down, across] = [(g.kernel[0] - 1) / 2, (g.kernel[1] - 1) / 2];
  const pad = [[0, 0], [down, down], [across, across], [0, 0]]; // prettier-ignore
  const shared = { strides: [g.stride, g.stride], pad, dataFormat: "NHWC", dilations: [1, 1] };
  return kernel({
    inputs: inputs,
    attrs: { ...shared, ...attrs },
    backend: gpu.backend,
  }) as TensorInfo;
}

/** TensorFlow.js's kernels that ours replace. */
export const STOCK = new Map<string, KernelFunc>();
