import { backend_util, util, type TensorInfo } from "@tensorflow/tfjs-core";
import type { SimdBackend } from "../backend.js";
import type { Attributes, Kernels, SimdKernel } from "../kernel.js";

/** Numbers read that outweigh handing them to a thread. */
const GRAIN = 2 ** 15;
/** Numbers of a cache line: threads shall not write into the same. */
const LINE = 16;
/** In how many blocks of channels a batch is cut at least, if it has so many lines of them: enough for any number of threads. */
const LEAST_BLOCKS = 16;

function pool(kernel: "maxPool" | "averagePool"): SimdKernel {
  return (backend, inputs, attrs) => {
    const x = inputs["x"]!;
    if (x.dtype !== "float32") return undefined;
    const info = windows(x, attrs);
    const { strideHeight, strideWidth, filterHeight, filterWidth } = info;
    if (!backend_util.eitherStridesOrDilationsAreOne([strideHeight, strideWidth], 1)) return undefined;
    if (filterHeight * filterWidth === 1 && util.arraysEqual(info.inShape, info.outShape))
      return backend.alias(x, x.shape);
    const out = backend.output(info.outShape);
    const row =
      info.outWidth * info.inChannels * Math.min(filterHeight, info.inHeight) * Math.min(filterWidth, info.inWidth);
    run(backend, kernel, info.batchSize * info.outHeight, row, [x, out], info);
    return out;
  };
}

const averagePoolGradient: SimdKernel = (backend, inputs, attrs) => {
  const { dy, input } = inputs as { dy: TensorInfo; input: TensorInfo };
  if (dy.dtype !== "float32") return undefined;
  const info = windows(input, attrs, false); // as TensorFlow.js has it
  if (!util.arraysEqual(dy.shape, info.outShape)) return undefined;
  const dx = backend.output(input.shape);
  const covering = Math.ceil(info.filterHeight / info.strideHeight) * Math.ceil(info.filterWidth / info.strideWidth);
  const row = info.inWidth * info.inChannels * Math.min(covering, info.outHeight * info.outWidth);
  run(backend, "averagePoolGradient", info.batchSize * info.inHeight, row, [dy, dx], info);
  return dx;
};

const maxPoolGradient: SimdKernel = (backend, inputs, attrs) => {
  const { dy, input } = inputs as { dy: TensorInfo; input: TensorInfo };
  if (dy.dtype !== "float32" || input.dtype !== "float32") return undefined;
  const info = windows(input, attrs);
  if (!util.arraysEqual(dy.shape, info.outShape)) return undefined;
  const dx = backend.output(input.shape);
  const { batchSize, inChannels, outHeight, outWidth, filterHeight, filterWidth } = info;
  const lines = Math.ceil(inChannels / LINE);
  const block = LINE * Math.ceil(lines / Math.min(lines, Math.ceil(LEAST_BLOCKS / batchSize)));
  const cost = block * outHeight * outWidth * filterHeight * filterWidth;
  run(backend, "maxPoolGradient", batchSize * Math.ceil(inChannels / block), cost, [input, dy, dx], info, block);
  return dx;
};

export const pooling: Kernels = {
  AvgPool: pool("averagePool"),
  AvgPoolGrad: averagePoolGradient,
  MaxPool: pool("maxPool"),
  MaxPoolGrad: maxPoolGradient,
};

function windows({ shape }: TensorInfo, attrs: Attributes, rounds = true): backend_util.Conv2DInfo {
  const { filterSize, strides, pad, dimRoundingMode } = attrs as unknown as {
    filterSize: [number, number] | number;
    strides: [number, number] | number;
    pad: "valid" | "same" | number | backend_util.ExplicitPadding;
    dimRoundingMode?: "floor" | "round" | "ceil";
  };
  const images = shape as [number, number, number, number];
  return backend_util.computePool2DInfo(images, filterSize, strides, 1, pad, rounds ? dimRoundingMode : undefined);
}

function run(
  backend: SimdBackend,
  kernel: string,
  items: number,
  cost: number,
  tensors: readonly TensorInfo[],
  info: backend_util.Conv2DInfo,
  ...more: number[]
): void {
  backend.run(
    kernel,
    { items: info.inChannels === 0 ? 0 : items, grain: Math.min(items, Math.ceil(GRAIN / (cost + 1))) },
    ...tensors.map((tensor) => backend.address(tensor)),
    ...[
      info.inHeight,
      info.inWidth,
      info.inChannels,
      info.outHeight,
      info.outWidth,
      info.filterHeight,
      info.filterWidth,
    ],
    ...[info.strideHeight, info.strideWidth, info.padInfo.top, info.padInfo.left, ...more],
  );
}
