import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { SimdBackend } from "../backend.js";
import type { Kernels, SimdKernel } from "../kernel.js";
import { GRAIN } from "./broadcast.js";
import { converted, isNumeric } from "./conversion.js";
import { cut, reduced, type Pass } from "./pass.js";

/** Sums of float32, or with a scale of 1 / length means. */
export function sumPass(backend: SimdBackend, pass: Pass, from: number, to: number, scale: number): void {
  const { outer, length, inner } = pass;
  const { parts, partLength, width, items, grain } = cut(pass);
  const sum = (out: number, space: number): void => {
    if (inner === 1) backend.run("sumRows", { items, grain }, from, out, length, parts, partLength, scale);
    else backend.run("sumColumns", { items, grain }, from, out, space, length, inner, parts, partLength, width, scale);
  };
  if (parts === 1 && inner === 1) return sum(to, 0);
  if (parts === 1) return backend.scratch(8 * width * backend.pool.threads, (space) => sum(to, space));
  backend.scratch(8 * outer * parts * inner, (partial) => {
    sum(partial, 0);
    const work = { items: outer * inner, grain: Math.max(1, Math.floor(GRAIN / parts)) };
    backend.run("sumParts", work, partial, to, parts, inner, scale);
  });
}

/** Extremes of float32: of parts first, and then of these. */
function extremePass(backend: SimdBackend, pass: Pass, from: number, to: number, op: number): void {
  const { outer, length, inner } = pass;
  const { parts, partLength, width, items, grain } = cut(pass);
  const find = (out: number): void => {
    if (inner === 1) backend.run("extremeRows", { items, grain }, op, from, out, length, parts, partLength);
    else backend.run("extremeColumns", { items, grain }, op, from, out, length, inner, parts, partLength, width);
  };
  if (parts === 1) return find(to);
  backend.scratch(4 * outer * parts * inner, (partial) => {
    find(partial);
    extremePass(backend, { outer, length: parts, inner }, partial, to, op);
  });
}

/** A kernel of one number of the output at a time. */
function simplePass(kernel: string, op: number, backend: SimdBackend, pass: Pass, from: number, to: number): void {
  const { outer, length, inner } = pass;
  const work = { items: outer * inner, grain: Math.max(1, Math.floor(GRAIN / length)) };
  backend.run(kernel, work, op, from, to, length, inner);
}

type AddressedPass = (backend: SimdBackend, pass: Pass, from: number, to: number) => void;

function reduce(
  backend: SimdBackend,
  x: TensorInfo,
  axis: unknown,
  keepDims: unknown,
  pass: AddressedPass,
): TensorInfo | undefined {
  return reduced(backend, x, axis as number[], keepDims === true, (step, from, to) =>
    pass(backend, step, backend.address(from), backend.address(to)),
  );
}

/** Converts first where a reduction has another type than its input. */
function reduceAs(
  dtype: "int32" | "float32",
  pass: AddressedPass,
  ...[backend, { x }, { axis, keepDims }]: Parameters<SimdKernel>
): TensorInfo | undefined {
  const number = converted(backend, x!, dtype);
  const out = reduce(backend, number, axis, keepDims, pass);
  backend.disposeData(number.dataId);
  return out;
}

const sumFloat: AddressedPass = (backend, pass, from, to) => sumPass(backend, pass, from, to, 1);
const meanFloat: AddressedPass = (backend, pass, from, to) => sumPass(backend, pass, from, to, 1 / pass.length);
const whole = (op: number): AddressedPass => simplePass.bind(undefined, "reduceWhole", op);
const bytes = (op: number): AddressedPass => simplePass.bind(undefined, "reduceBytes", op);

function extreme(op: number): SimdKernel {
  return (backend, { x }, { axis, reductionIndices, keepDims }) => {
    const axes = reductionIndices ?? axis;
    if (x!.dtype === "int32") return reduce(backend, x!, axes, keepDims, whole(op + 1));
    if (x!.dtype !== "float32") return undefined;
    return reduce(backend, x!, axes, keepDims, (_, pass, from, to) => extremePass(backend, pass, from, to, op));
  };
}

function logical(op: number): SimdKernel {
  return (backend, { x }, { axis, keepDims }) =>
    x!.dtype === "bool" ? reduce(backend, x!, axis, keepDims, bytes(op)) : undefined;
}

export const reduction: Kernels = {
  Sum: (backend, inputs, attrs) => {
    const { dtype } = inputs["x"]!;
    if (dtype === "float32") return reduceAs("float32", sumFloat, backend, inputs, attrs);
    return isNumeric(dtype) ? reduceAs("int32", whole(0), backend, inputs, attrs) : undefined;
  },
  Mean: (backend, inputs, attrs) =>
    isNumeric(inputs["x"]!.dtype) ? reduceAs("float32", meanFloat, backend, inputs, attrs) : undefined,
  Max: extreme(0),
  Min: extreme(1),
  All: logical(0),
  Any: logical(1),
};
