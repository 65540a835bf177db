import { backend_util, util, type TensorInfo } from "@tensorflow/tfjs-core";
import type { SimdBackend } from "../backend.js";
import type { Attributes, Kernels } from "../kernel.js";
import { allFloat } from "./conversion.js";
import { convolve, inputGradient, weightGradient } from "./convolve.js";
import type { Geometry } from "./plan.js";

type Pad = "valid" | "same" | number | backend_util.ExplicitPadding;

/** The geometry of a convolution, where the fast kernels take it. */
function geometry(xShape: readonly number[], filterShape: readonly number[], attrs: Attributes): Geometry | undefined {
  const {
    strides,
    pad,
    dataFormat = "NHWC",
    dilations = 1,
    dimRoundingMode,
  } = attrs as unknown as {
    strides: [number, number];
    pad: Pad;
    dataFormat?: "NHWC" | "NCHW";
    dilations?: [number, number] | 1;
    dimRoundingMode?: "floor" | "round" | "ceil";
  };
  if (dataFormat !== "NHWC") return undefined;
  const info = backend_util.computeConv2DInfo(
    xShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    strides,
    dilations,
    pad,
    dimRoundingMode,
  );
  const g = {
    batch: info.batchSize,
    height: info.inHeight,
    width: info.inWidth,
    channels: info.inChannels,
    kernelHeight: info.filterHeight,
    kernelWidth: info.filterWidth,
    strideY: info.strideHeight,
    strideX: info.strideWidth,
    dilationY: info.dilationHeight,
    dilationX: info.dilationWidth,
    top: info.padInfo.top,
    left: info.padInfo.left,
    outHeight: info.outHeight,
    outWidth: info.outWidth,
    outChannels: info.outChannels,
  };
  // A rounding mode or an odd padding can let the last window reach beyond what is padded; empty results need no kernel.
  const fits =
    filterShape[2] === g.channels && g.top < g.kernelHeight * g.dilationY && g.left < g.kernelWidth * g.dilationX;
  const some = g.batch * g.outHeight * g.outWidth * g.channels * g.outChannels > 0;
  return fits && some ? g : undefined;
}

const outShape = (g: Geometry): number[] => [g.batch, g.outHeight, g.outWidth, g.outChannels];

export const convolution: Kernels = {
  Conv2D(backend, inputs, attrs) {
    const { x, filter } = inputs as { x: TensorInfo; filter: TensorInfo };
    const g = allFloat(x, filter) ? geometry(x.shape, filter.shape, attrs) : undefined;
    if (!g) return undefined;
    const out = backend.output(outShape(g));
    convolve(backend, g, { kind: "raw", x: backend.address(x) }, backend.address(filter), backend.address(out));
    return out;
  },

  Conv2DBackpropInput(backend, inputs, attrs) {
    const { dy, filter } = inputs as { dy: TensorInfo; filter: TensorInfo };
    const { inputShape } = attrs as unknown as { inputShape: number[] };
    const g = allFloat(dy, filter) ? geometry(inputShape, filter.shape, attrs) : undefined;
    // conv2dTranspose lets through a dy of another size.
    if (!g || !util.arraysEqual(dy.shape, outShape(g))) return undefined;
    const out = backend.output(inputShape);
    inputGradient(backend, g, { kind: "raw", x: backend.address(dy) }, backend.address(filter), backend.address(out));
    return out;
  },

  Conv2DBackpropFilter(backend, inputs, attrs) {
    const { x, dy } = inputs as { x: TensorInfo; dy: TensorInfo };
    const { filterShape } = attrs as unknown as { filterShape: number[] };
    const g = allFloat(x, dy) ? geometry(x.shape, filterShape, attrs) : undefined;
    if (!g || !util.arraysEqual(dy.shape, outShape(g))) return undefined;
    const out = backend.output(filterShape);
    const raw = (info: TensorInfo) => ({ kind: "raw" as const, x: backend.address(info) });
    weightGradient(backend, g, raw(x), raw(dy), backend.address(out));
    return out;
  },

  FusedConv2D(backend, inputs, attrs) {
    const { x, filter, bias, preluActivationWeights } = inputs as Record<string, TensorInfo | undefined>;
    const { activation = "linear" } = attrs as unknown as { activation?: string };
    if (!x || !filter || preluActivationWeights || !["linear", "relu"].includes(activation)) return undefined;
    const g = allFloat(x, filter, ...(bias ? [bias] : [])) ? geometry(x.shape, filter.shape, attrs) : undefined;
    if (!g || g.outChannels % 4 !== 0 || (bias && bias.shape.at(-1) !== g.outChannels)) return undefined;
    const out = backend.output(outShape(g));
    withChannels(backend, g.outChannels, 1, (ones) =>
      withChannels(backend, g.outChannels, 0, (zeros) =>
        convolve(backend, g, { kind: "raw", x: backend.address(x) }, backend.address(filter), backend.address(out), {
          kind: "affine",
          relu: activation === "relu",
          k0: ones,
          k2: bias ? backend.address(bias) : zeros,
        }),
      ),
    );
    return out;
  },
};

function withChannels<T>(backend: SimdBackend, channels: number, value: number, use: (address: number) => T): T {
  return backend.scratch(4 * channels, (address) => {
    backend.memoryOfTensors.float32(address, channels).fill(value);
    return use(address);
  });
}
