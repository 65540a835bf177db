import { util, type TensorInfo } from "@tensorflow/tfjs-core";
import type { SimdBackend } from "../backend.js";
import type { Kernels, SimdKernel } from "../kernel.js";

/** Numbers that one thread computes before it takes the next: enough to outweigh the taking. */
const GRAIN = 16_384;

function binary(op: number): SimdKernel {
  return (backend: SimdBackend, inputs) => {
    const { a, b } = inputs as { a: TensorInfo; b: TensorInfo };
    if (a.dtype !== "float32" || b.dtype !== "float32" || !util.arraysEqual(a.shape, b.shape)) return undefined;
    const out = backend.output(a.shape);
    const items = util.sizeFromShape(a.shape);
    backend.run(
      "binarySame",
      { items, grain: GRAIN },
      backend.address(a),
      backend.address(b),
      backend.address(out),
      op,
    );
    return out;
  };
}

export const arithmetic: Kernels = { Add: binary(0), Sub: binary(1), Multiply: binary(2), RealDiv: binary(3) };
