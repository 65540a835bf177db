import { backend_util, util, type TensorInfo } from "@tensorflow/tfjs-core";
import type { SimdBackend } from "../backend.js";
import type { Kernels, SimdKernel } from "../kernel.js";
import { isNumeric, type NumericType } from "./conversion.js";
import { copy } from "./copy.js";

const size = (shape: readonly number[]): number => util.sizeFromShape(shape as number[]);

/** Tensors side by side, each seen as so many lines of its own length. */
function joined(
  backend: SimdBackend,
  parts: readonly TensorInfo[],
  shape: readonly number[],
  lines: number,
): TensorInfo {
  const out = backend.output(shape, parts[0]!.dtype as NumericType);
  const whole = size(shape) / lines;
  let first = 0;
  for (const part of parts) {
    const length = size(part.shape) / lines;
    const dimensions = [
      { size: lines, steps: [length, whole] },
      { size: length, steps: [1, 1] },
    ];
    copy(backend, { info: part }, { info: out, first }, dimensions);
    first += length;
  }
  return out;
}

function alike(parts: readonly TensorInfo[]): boolean {
  return parts.length > 0 && isNumeric(parts[0]!.dtype) && parts.every(({ dtype }) => dtype === parts[0]!.dtype);
}

const concat: SimdKernel = (backend, inputs, attrs) => {
  const parts = inputs as unknown as TensorInfo[];
  if (!alike(parts)) return undefined;
  const axis = util.parseAxisParam(attrs["axis"] as number, parts[0]!.shape)[0]!;
  const shapes = parts.map(({ shape }) => shape);
  backend_util.assertParamsConsistent(shapes, axis);
  const shape = backend_util.computeOutShape(shapes, axis);
  if (size(shape) === 0) return backend.output(shape, parts[0]!.dtype as NumericType);
  const filled = parts.filter((part) => size(part.shape) > 0);
  if (filled.length === 1) return backend.alias(filled[0]!, shape);
  return joined(backend, filled, shape, size(shape.slice(0, axis)));
};

const pack: SimdKernel = (backend, inputs, attrs) => {
  const parts = inputs as unknown as TensorInfo[];
  if (!alike(parts)) return undefined;
  const { shape } = parts[0]!;
  const given = attrs["axis"] as number;
  const axis = given < 0 ? given + shape.length + 1 : given;
  if (axis < 0 || !parts.every((part) => util.arraysEqual(part.shape, shape))) return undefined;
  const packed = shape.toSpliced(axis, 0, parts.length);
  if (parts.length === 1) return backend.alias(parts[0]!, packed);
  if (size(shape) === 0) return backend.output(packed, parts[0]!.dtype as NumericType);
  return joined(backend, parts, packed, size(shape.slice(0, axis)));
};

export const concatenation: Kernels = { Concat: concat, Pack: pack };
