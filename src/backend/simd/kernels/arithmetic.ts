import { util, type TensorInfo } from "@tensorflow/tfjs-core";
import type { Kernels, SimdKernel } from "../kernel.js";
import { KIND, pairwise } from "./broadcast.js";

/** An operation on float32 and, where it has a code for them, on int32. */
function binary(float: number, int?: number): SimdKernel {
  return (backend, inputs) => {
    const { a, b } = inputs as { a: TensorInfo; b: TensorInfo };
    if (a.dtype !== b.dtype) return undefined;
    if (a.dtype === "float32") return pairwise(backend, [KIND.numbers, float], a, b, "float32");
    if (a.dtype === "int32" && int !== undefined) return pairwise(backend, [KIND.numbers, int], a, b, "int32");
    return undefined;
  };
}

/** The first input of these decides the sign, or is the gradient: both have names of their own. */
function float(op: number, first: string, second: string): SimdKernel {
  return (backend, inputs) => {
    const [a, b] = [inputs[first]!, inputs[second]!];
    if (a.dtype !== "float32" || b.dtype !== "float32") return undefined;
    return pairwise(backend, [KIND.numbers, op], a, b, "float32");
  };
}

const addN: SimdKernel = (backend, inputs) => {
  const [first, second, ...others] = inputs as unknown as TensorInfo[];
  if (!first || !second) return undefined;
  const alike = (other: TensorInfo): boolean =>
    other.dtype === first.dtype && util.arraysEqual(other.shape, first.shape);
  if ((first.dtype !== "float32" && first.dtype !== "int32") || ![second, ...others].every(alike)) return undefined;
  const op = [KIND.numbers, first.dtype === "float32" ? 0 : 9] as const;
  return others.reduce(
    (sum, other) => {
      const next = pairwise(backend, op, sum, other, first.dtype as "float32")!;
      backend.disposeData(sum.dataId);
      return next;
    },
    pairwise(backend, op, first, second, first.dtype)!,
  );
};

// Quotients of int32 are floats on the way (a / 0), so they have no code.
export const arithmetic: Kernels = {
  Add: binary(0, 9),
  Sub: binary(1, 10),
  Multiply: binary(2, 11),
  RealDiv: binary(3),
  Maximum: binary(4, 12),
  Minimum: binary(5, 13),
  SquaredDifference: binary(6, 14),
  Prelu: float(7, "x", "alpha"),
  EluGrad: float(8, "dy", "y"),
  AddN: addN,
};
