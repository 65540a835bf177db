import { backend_util, slice_util, util, type Tensor, type TensorInfo } from "@tensorflow/tfjs-core";
import type { SimdBackend } from "../backend.js";
import type { Kernels, SimdKernel } from "../kernel.js";
import { isNumeric, type NumericType } from "./conversion.js";
import { copy } from "./copy.js";
import { strides } from "./dimensions.js";

/** Where a slice begins, how it goes on, and its size, in each dimension. */
interface Range {
  readonly begin: readonly number[];
  readonly step?: readonly number[];
  readonly size: readonly number[];
}

/** A part of a tensor, under the shape given (default: its size). */
function sliced(
  backend: SimdBackend,
  x: TensorInfo,
  { begin, step = [], size }: Range,
  shape = size,
): TensorInfo | undefined {
  const out = backend.output(shape, x.dtype as NumericType);
  const [from, to] = [strides(x.shape), strides(size)];
  const first = begin.reduce((sum, place, i) => sum + place * from[i]!, 0);
  const dimensions = size.map((n, i) => ({ size: n, steps: [from[i]! * (step[i] ?? 1), to[i]!] }));
  if (copy(backend, { info: x, first }, { info: out }, dimensions)) return out;
  backend.disposeData(out.dataId);
  return undefined;
}

/** Parts of given lengths along an axis, one after the other. */
function split(
  backend: SimdBackend,
  x: TensorInfo,
  axis: number,
  lengths: readonly number[],
  shape?: readonly number[],
): TensorInfo[] | undefined {
  const parts: TensorInfo[] = [];
  let at = 0;
  for (const length of lengths) {
    const begin = x.shape.map((_, i) => (i === axis ? at : 0));
    const part = sliced(backend, x, { begin, size: x.shape.with(axis, length) }, shape);
    if (!part) return undefined; // the same for all parts, so none is there yet
    parts.push(part);
    at += length;
  }
  return parts;
}

const slice: SimdKernel = (backend, { x }, attrs) => {
  if (!isNumeric(x!.dtype)) return undefined;
  const [begin, size] = slice_util.parseSliceParams(x!, attrs["begin"] as number[], attrs["size"] as number[]);
  slice_util.assertParamsValid(x!, begin!, size!);
  return sliced(backend, x!, { begin: begin!, size: size! });
};

const stridedSlice: SimdKernel = (backend, { x }, attrs) => {
  if (!isNumeric(x!.dtype)) return undefined;
  const list = (name: string): number[] => attrs[name] as number[];
  const mask = (name: string): number => attrs[name] as number;
  const info = slice_util.sliceInfo(
    x!.shape,
    list("begin"),
    list("end"),
    list("strides"),
    mask("beginMask"),
    mask("endMask"),
    mask("ellipsisMask"),
    mask("newAxisMask"),
    mask("shrinkAxisMask"),
  );
  if (util.sizeFromShape(info.finalShape) === 0) return undefined;
  if (info.isIdentity) return backend.alias(x!, info.finalShape);
  // Axes that are shrunk are still there, of size 1, as long as numbers are copied.
  const size = slice_util.computeOutShape(info.begin, info.end, info.strides);
  return sliced(backend, x!, { begin: info.begin, step: info.strides, size }, info.finalShape);
};

export const slices: Kernels = {
  Slice: slice,
  StridedSlice: stridedSlice,
  SplitV: (backend, { x }, { numOrSizeSplits, axis }) => {
    if (!isNumeric(x!.dtype)) return undefined;
    const [along] = util.parseAxisParam(axis as number, x!.shape);
    const lengths = backend_util.prepareSplitSize(x as Tensor, numOrSizeSplits as number | number[], along);
    return split(backend, x!, along!, lengths);
  },
  Unpack: (backend, { value }, { axis }) => {
    if (!isNumeric(value!.dtype)) return undefined;
    const { shape } = value!;
    const along = (axis as number) < 0 ? (axis as number) + shape.length : (axis as number);
    return split(backend, value!, along, new Array<number>(shape[along]!).fill(1), shape.toSpliced(along, 1));
  },
};
