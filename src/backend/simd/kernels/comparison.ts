import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { Kernels, SimdKernel } from "../kernel.js";
import { KIND, pairwise } from "./broadcast.js";

/** A comparison: the codes of the three types follow each other in the same order. */
function comparison(order: number): SimdKernel {
  return (backend, inputs) => {
    const { a, b } = inputs as { a: TensorInfo; b: TensorInfo };
    if (a.dtype !== b.dtype) return undefined;
    if (a.dtype === "float32") return pairwise(backend, [KIND.comparison, order], a, b, "bool");
    if (a.dtype === "int32") return pairwise(backend, [KIND.comparison, 8 + order], a, b, "bool");
    if (a.dtype === "bool") return pairwise(backend, [KIND.bytes, 3 + order], a, b, "bool");
    return undefined;
  };
}

function logical(op: number): SimdKernel {
  return (backend, inputs) => {
    const { a, b } = inputs as { a: TensorInfo; b: TensorInfo };
    if (a.dtype !== "bool" || b.dtype !== "bool") return undefined;
    return pairwise(backend, [KIND.bytes, op], a, b, "bool");
  };
}

/** A question about each float32: the second operand does not matter. */
function question(op: number): SimdKernel {
  return (backend, { x }) =>
    x!.dtype === "float32" ? pairwise(backend, [KIND.comparison, op], x!, x!, "bool") : undefined;
}

export const comparisons: Kernels = {
  Equal: comparison(0),
  NotEqual: comparison(1),
  Greater: comparison(2),
  GreaterEqual: comparison(3),
  Less: comparison(4),
  LessEqual: comparison(5),
  LogicalAnd: logical(0),
  LogicalOr: logical(1),
  LogicalNot: (backend, { x }) =>
    x!.dtype === "bool" ? pairwise(backend, [KIND.bytes, 2], x!, x!, "bool") : undefined,
  IsNan: question(1),
  IsFinite: question(6),
  IsInf: question(7),
};
