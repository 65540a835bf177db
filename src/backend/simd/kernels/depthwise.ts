import { backend_util, util, type TensorInfo } from "@tensorflow/tfjs-core";
import type { SimdBackend } from "../backend.js";
import type { Attributes, Kernels } from "../kernel.js";
import { allFloat } from "./conversion.js";
import { sumPass } from "./reduction.js";

type Shape4 = [number, number, number, number];

/** Products that outweigh handing them to a thread. */
const GRAIN = 2 ** 15;
/** Parts that the gradient by the filter is summed up in: enough for any number of threads, the same for all. */
const PARTS = 64;

/** Depthwise convolution, and its gradients; tf.layers' separable convolutions among them. */
export const depthwise: Kernels = {
  DepthwiseConv2dNative(backend, inputs, attrs) {
    const { x, filter } = inputs as { x: TensorInfo; filter: TensorInfo };
    if (!allFloat(x, filter)) return undefined;
    const info = windows(x.shape, filter.shape, attrs);
    if (!info) return undefined;
    const out = backend.output(info.outShape);
    const row = info.outWidth * info.outChannels * info.filterHeight * info.filterWidth;
    run(backend, "depthwise", { items: info.batchSize * info.outHeight, cost: row }, [x, filter, out], info);
    return out;
  },

  DepthwiseConv2dNativeBackpropInput(backend, inputs, attrs) {
    const { dy, filter } = inputs as { dy: TensorInfo; filter: TensorInfo };
    if (!allFloat(dy, filter)) return undefined;
    const { inputShape } = attrs as unknown as { inputShape: number[] };
    const info = windows(inputShape, filter.shape, attrs);
    if (!info) return undefined;
    const dx = backend.output(inputShape);
    const row = info.inWidth * info.outChannels * info.filterHeight * info.filterWidth;
    run(
      backend,
      "depthwiseInputGradient",
      { items: info.batchSize * info.inHeight, cost: row },
      [dy, filter, dx],
      info,
    );
    return dx;
  },

  DepthwiseConv2dNativeBackpropFilter(backend, inputs, attrs) {
    const { x, dy } = inputs as { x: TensorInfo; dy: TensorInfo };
    if (!allFloat(x, dy)) return undefined;
    const { filterShape } = attrs as unknown as { filterShape: number[] };
    const info = windows(x.shape, filterShape, attrs);
    if (!info) return undefined;
    const length = util.sizeFromShape(filterShape);
    const rows = info.batchSize * info.outHeight;
    const parts = Math.max(1, Math.min(rows, PARTS));
    return backend.scratch(4 * parts * length, (sums) => {
      const out = backend.output(filterShape);
      const cost = Math.ceil(rows / parts) * info.outWidth * length;
      run(backend, "depthwiseFilterGradient", { items: parts, cost }, [x, dy, sums], info, rows, parts);
      if (length > 0) sumPass(backend, { outer: 1, length: parts, inner: length }, sums, backend.address(out), 1);
      return out;
    });
  },
};

/** Sides, strides and paddings below this cannot overflow 32 bits. */
const MOST = 2 ** 15;

/** Undefined where TensorFlow.js has an error for it, or something of its own. */
function windows(
  x: readonly number[],
  filter: readonly number[],
  attrs: Attributes,
): backend_util.Conv2DInfo | undefined {
  const { strides, pad, dilations, dimRoundingMode } = attrs as unknown as {
    strides: [number, number] | number;
    pad: "valid" | "same" | number | backend_util.ExplicitPadding;
    dilations?: [number, number] | number | null;
    dimRoundingMode?: "floor" | "round" | "ceil";
  };
  const [images, taps] = [x as Shape4, filter as Shape4];
  const info = backend_util.computeConv2DInfo(images, taps, strides, dilations ?? 1, pad, dimRoundingMode, true);
  const { strideHeight, strideWidth, dilationHeight, dilationWidth, outHeight, outWidth, padInfo } = info;
  const isUsual = (least: number, ...all: number[]): boolean =>
    all.every((one) => Number.isInteger(one) && one >= least && one < MOST);
  const isTaken =
    x[3] === filter[2] &&
    isUsual(1, strideHeight, strideWidth, dilationHeight, dilationWidth, outHeight, outWidth) &&
    isUsual(-MOST, padInfo.top, padInfo.left) &&
    backend_util.eitherStridesOrDilationsAreOne([strideHeight, strideWidth], [dilationHeight, dilationWidth]);
  return isTaken ? info : undefined;
}

function run(
  backend: SimdBackend,
  kernel: string,
  { items, cost }: { readonly items: number; readonly cost: number },
  places: readonly (TensorInfo | number)[],
  info: backend_util.Conv2DInfo,
  ...more: number[]
): void {
  const { inHeight, inWidth, inChannels, outChannels, outHeight, outWidth, filterHeight, filterWidth } = info;
  const { strideHeight, strideWidth, dilationHeight, dilationWidth, padInfo } = info;
  backend.run(
    kernel,
    { items: inChannels === 0 ? 0 : items, grain: Math.min(items, Math.ceil(GRAIN / (cost + 1))) },
    ...places.map((one) => (typeof one === "number" ? one : backend.address(one))),
    ...[inHeight, inWidth, inChannels, outChannels / Math.max(1, inChannels), outHeight, outWidth],
    ...[filterHeight, filterWidth, strideHeight, strideWidth, dilationHeight, dilationWidth],
    ...[padInfo.top, padInfo.left, ...more],
  );
}
