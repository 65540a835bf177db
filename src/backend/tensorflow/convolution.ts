import { backend_util, tensor1d, type NamedAttrMap, type Tensor, type TensorInfo } from "@tensorflow/tfjs-core";
import { execute, type Attributes, type NativeBackend } from "./operation.js";
import type { Kernels } from "./kernel.js";
import { pixels, type Pixels } from "./windows.js";

/** Strides, padding and dilations of a convolution, NHWC, as TensorFlow's operations name them. */
export function geometry(
  stride: readonly [number, number],
  padding: "SAME" | "VALID" | Pixels,
  dilation: readonly [number, number] = [1, 1],
): Attributes {
  const given: Attributes =
    typeof padding === "string" ? { padding } : { padding: "EXPLICIT", explicit_paddings: [0, 0, ...padding, 0, 0] };
  return {
    T: "float32",
    data_format: "NHWC",
    use_cudnn_on_gpu: true,
    strides: [1, ...stride, 1],
    dilations: [1, ...dilation, 1],
    ...given,
  };
}

export function conv2d(backend: NativeBackend, x: TensorInfo, filter: TensorInfo, attributes: Attributes): Tensor {
  return execute(backend, "Conv2D", [x, filter], attributes)[0]!;
}

/** Gradient with respect to the images, of this shape. */
export function inputGradient(
  backend: NativeBackend,
  { dy, filter, shape }: { readonly dy: TensorInfo; readonly filter: TensorInfo; readonly shape: number[] },
  attributes: Attributes,
): Tensor {
  const sizes = tensor1d(shape, "int32");
  const [dx] = execute(backend, "Conv2DBackpropInput", [sizes, filter, dy], attributes);
  sizes.dispose();
  return dx!;
}

/** Gradient with respect to the filter, of this shape. */
export function filterGradient(
  backend: NativeBackend,
  { x, dy, shape }: { readonly x: TensorInfo; readonly dy: TensorInfo; readonly shape: number[] },
  attributes: Attributes,
): Tensor {
  const sizes = tensor1d(shape, "int32");
  const [filter] = execute(backend, "Conv2DBackpropFilter", [x, sizes, dy], attributes);
  sizes.dispose();
  return filter!;
}

type Shape4 = [number, number, number, number];

/** TensorFlow.js's attributes; undefined where tfjs-node's own kernels do as they should, or say what they do not. */
function converted(attrs: NamedAttrMap, input: number[], filter: number[]): Attributes | undefined {
  if (attrs["dataFormat"] === "NCHW") return undefined;
  const [strides, pad, rounding] = [attrs["strides"], attrs["pad"], attrs["dimRoundingMode"]] as never[];
  const dilations = (attrs["dilations"] ?? 1) as number;
  const info = backend_util.computeConv2DInfo(input as Shape4, filter as Shape4, strides!, dilations, pad!, rounding);
  const { strideHeight, strideWidth, dilationHeight, dilationWidth } = info;
  const padding = pixels(info);
  return padding && geometry([strideHeight, strideWidth], padding, [dilationHeight, dilationWidth]);
}

/** Convolutions whose padding is given in pixels, which tfjs-node's kernels refuse though TensorFlow has them. */
export const convolution: Kernels = {
  Conv2D(backend, { x, filter }, attrs) {
    const attributes = converted(attrs, x!.shape, filter!.shape);
    return attributes && [conv2d(backend, x!, filter!, attributes)];
  },
  Conv2DBackpropInput(backend, { dy, filter }, attrs) {
    const shape = attrs["inputShape"] as number[];
    const attributes = converted(attrs, shape, filter!.shape);
    return attributes && [inputGradient(backend, { dy: dy!, filter: filter!, shape }, attributes)];
  },
  Conv2DBackpropFilter(backend, { x, dy }, attrs) {
    const shape = attrs["filterShape"] as number[];
    const attributes = converted(attrs, x!.shape, shape);
    return attributes && [filterGradient(backend, { x: x!, dy: dy!, shape }, attributes)];
  },
};
