import { backend_util, type NamedAttrMap, type TensorInfo } from "@tensorflow/tfjs-core";
import { execute, type Attributes } from "./operation.js";
import type { Kernels } from "./kernel.js";
import { pixels } from "./windows.js";

type Shape4 = [number, number, number, number];

/** TensorFlow.js's attributes of a pool; undefined where tfjs-node's own kernels do as they should. */
function converted({ shape, dtype }: TensorInfo, attrs: NamedAttrMap): Attributes | undefined {
  const [size, strides, pad, rounding] = ["filterSize", "strides", "pad", "dimRoundingMode"].map((name) => attrs[name]);
  const info = backend_util.computePool2DInfo(
    ...([shape as Shape4, size, strides, 1, pad, rounding] as Parameters<typeof backend_util.computePool2DInfo>),
  );
  const padding = pixels(info);
  return (
    padding && {
      T: dtype,
      data_format: "NHWC",
      ksize: [1, info.filterHeight, info.filterWidth, 1],
      strides: [1, info.strideHeight, info.strideWidth, 1],
      padding: "EXPLICIT",
      explicit_paddings: [0, 0, ...padding, 0, 0],
    }
  );
}

/** Largest numbers of windows whose padding is given in pixels, which tfjs-node's kernels refuse though TensorFlow has them. */
export const pooling: Kernels = {
  MaxPool(backend, { x }, attrs) {
    const attributes = converted(x!, attrs);
    return attributes && execute(backend, "MaxPool", [x!], attributes);
  },
  MaxPoolGrad(backend, { dy, input, output }, attrs) {
    const attributes = converted(input!, attrs);
    return attributes && execute(backend, "MaxPoolGrad", [input!, output!, dy!], attributes);
  },
};
