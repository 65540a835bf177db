import { backend_util, util, type NamedAttrMap, type TensorInfo } from "@tensorflow/tfjs-core";
import { convolve, gradientOfFilter, type Geometry } from "./convolve.js";
import { sizeOf } from "./gpu.js";
import type { Kernels } from "./kernel.js";

/** How TensorFlow.js says how a convolution lies. */
interface Attributes {
  readonly strides: number | [number, number];
  readonly pad: "valid" | "same" | number | backend_util.ExplicitPadding;
  readonly dataFormat: "NHWC" | "NCHW";
  readonly dilations?: number | [number, number];
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
}

function infoOf(x: readonly number[], filter: readonly number[], attrs: NamedAttrMap): backend_util.Conv2DInfo {
  const { strides, pad, dataFormat, dilations = 1, dimRoundingMode } = attrs as unknown as Attributes;
  return backend_util.computeConv2DInfo(
    x as [number, number, number, number],
    filter as [number, number, number, number],
    ...([strides, dilations, pad, dimRoundingMode, false] as const),
    backend_util.convertConv2DDataFormat(dataFormat),
  );
}

/** The sizes of a convolution of 3 x 3 that is padded by 1, which our programs take; undefined for any other. */
function fitting(
  x: readonly number[],
  filter: readonly number[],
  attrs: NamedAttrMap,
  dy?: TensorInfo,
): Geometry | undefined {
  const { dataFormat } = attrs as unknown as Attributes;
  if (dataFormat !== "NHWC" || filter[0] !== 3 || filter[1] !== 3) return undefined;
  const info = infoOf(x, filter, attrs);
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, strideHeight: stride } = info;
  const isPlain = info.dilationHeight === 1 && info.dilationWidth === 1 && info.strideWidth === stride;
  const isPadded = info.padInfo.top === 1 && info.padInfo.left === 1;
  // conv2dTranspose lets through a dy of another size.
  if (dy && !util.arraysEqual(dy.shape, info.outShape)) return undefined;
  const isWhole = [inHeight, inWidth].every(
    (side, i) => Math.floor((side - 1) / stride) + 1 === [outHeight, outWidth][i],
  );
  if (!isPlain || !isPadded || !isWhole) return undefined;
  const sizes = { batch: batchSize, inHeight, inWidth, inChannels, height: outHeight, width: outWidth, outChannels };
  return { ...sizes, stride, kernel: [3, 3], groups: 1 };
}

const isOfNothing = (...tensors: readonly TensorInfo[]): boolean => tensors.some((one) => sizeOf(one) === 0);

/**
 * TensorFlow.js's own operations, where our programs compute them: anybody's model gains, not only ours. Of no images and of no
 * channels, neither can.
 */
export const convolutionOps: Kernels = {
  Conv2D({ gpu, tiles }, { x, filter }, attrs) {
    if (isOfNothing(x, filter)) return gpu.zeros(infoOf(x.shape, filter.shape, attrs).outShape);
    const g = fitting(x.shape, filter.shape, attrs);
    return g && convolve(gpu, tiles, g, { kind: "raw", x }, filter, { epilogue: "none" })?.out;
  },

  Conv2DBackpropInput({ gpu, tiles }, { dy, filter }, attrs) {
    const shape = attrs["inputShape"] as unknown as number[];
    if (isOfNothing(dy, filter)) return gpu.zeros(shape);
    const g = fitting(shape, filter.shape, attrs, dy);
    return g && convolve(gpu, tiles, g, { kind: "raw", x: dy }, filter, { epilogue: "none" }, true)?.out;
  },

  Conv2DBackpropFilter({ gpu, tiles }, { x, dy }, attrs) {
    const like = { ...x, shape: attrs["filterShape"] as unknown as number[] };
    if (isOfNothing(x, dy)) return gpu.zeros(like.shape);
    const g = fitting(x.shape, like.shape, attrs, dy);
    return g && gradientOfFilter(gpu, tiles, g, { kind: "raw", x }, { kind: "raw", x: dy }, like);
  },
};
