import { util, type DataType, type TensorInfo } from "@tensorflow/tfjs-core";
import type { SimdBackend } from "../backend.js";
import type { Kernels, SimdKernel } from "../kernel.js";
import { GRAIN } from "./broadcast.js";

/** Types whose numbers lie in shared memory. */
export type NumericType = "float32" | "int32" | "bool";

export function isNumeric(dtype: DataType): dtype is NumericType {
  return dtype === "float32" || dtype === "int32" || dtype === "bool";
}

export const allFloat = (...tensors: readonly TensorInfo[]): boolean =>
  tensors.every(({ dtype }) => dtype === "float32");

/** The kernel "convert"'s codes, from one type to another. */
const KIND: Readonly<Record<NumericType, Partial<Record<NumericType, number>>>> = {
  float32: { int32: 0, bool: 2 },
  int32: { float32: 1, bool: 3 },
  bool: { float32: 4, int32: 5 },
};

/** The same numbers as another type: an alias where it is the same one. */
export function converted(backend: SimdBackend, x: TensorInfo, dtype: NumericType): TensorInfo {
  const kind = KIND[x.dtype as NumericType][dtype];
  if (kind === undefined) return backend.alias(x, x.shape);
  const out = backend.output(x.shape, dtype);
  const items = util.sizeFromShape(x.shape);
  backend.run("convert", { items, grain: GRAIN }, kind, backend.address(x), backend.address(out));
  return out;
}

/** A tensor of one number. */
export function filled(backend: SimdBackend, shape: readonly number[], value: number, dtype: NumericType): TensorInfo {
  const out = backend.output(shape, dtype);
  const count = util.sizeFromShape(shape as number[]);
  // Blocks of memory are a whole number of words, so bytes can be written as words.
  const items = dtype === "bool" ? Math.ceil(count / 4) : count;
  backend.run("fill", { items, grain: GRAIN }, backend.address(out), word(value, dtype));
  return out;
}

function word(value: number, dtype: NumericType): number {
  if (dtype === "float32") return new Int32Array(Float32Array.of(value).buffer)[0]!;
  if (dtype === "int32") return value | 0;
  return (value & 0xff) * 0x01010101;
}

const like =
  (value: number): SimdKernel =>
  (backend, { x }) =>
    isNumeric(x!.dtype) ? filled(backend, x!.shape, value, x!.dtype) : undefined;

export const conversion: Kernels = {
  Cast: (backend, { x }, { dtype }) =>
    isNumeric(x!.dtype) && isNumeric(dtype as DataType) ? converted(backend, x!, dtype as NumericType) : undefined,
  Fill: (backend, _inputs, { shape, value, dtype }) => {
    const type = (dtype as DataType | undefined) || util.inferDtype(value as number);
    return isNumeric(type) ? filled(backend, shape as number[], Number(value), type) : undefined;
  },
  ZerosLike: like(0),
  OnesLike: like(1),
  Select: (backend, inputs) => {
    const { condition, t, e } = inputs as { condition: TensorInfo; t: TensorInfo; e: TensorInfo };
    if (condition.dtype !== "bool" || t.dtype !== e.dtype || t.dtype === "bool" || !isNumeric(t.dtype))
      return undefined;
    if (!util.arraysEqual(condition.shape, t.shape) || !util.arraysEqual(e.shape, t.shape)) return undefined;
    const out = backend.output(t.shape, t.dtype);
    const addresses = [condition, t, e, out].map((info) => backend.address(info));
    backend.run("select4", { items: util.sizeFromShape(t.shape), grain: GRAIN }, ...addresses);
    return out;
  },
};
