import type { DataType, TensorInfo } from "@tensorflow/tfjs-core";
import type { Kernels } from "../kernel.js";

const WIDER: Partial<Record<DataType, readonly DataType[]>> = { bool: ["int32", "float32"], int32: ["float32"] };

/**
 * TensorFlow.js's pure JavaScript keeps the numbers as they are where a cast loses nothing, and lets the type alone say
 * float32: kernels that read memory would take integers for floating point.
 */
export const cast: Kernels = {
  Cast(backend, inputs, attrs) {
    const { x } = inputs as { x: TensorInfo };
    const { dtype } = attrs as { dtype: "int32" | "float32" };
    if (!WIDER[x.dtype]?.includes(dtype)) return undefined;
    const out = backend.output(x.shape, dtype);
    backend.values(out).set(backend.values(x));
    return out;
  },
};
