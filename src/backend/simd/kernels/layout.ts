import { backend_util, util, type TensorInfo } from "@tensorflow/tfjs-core";
import type { SimdBackend } from "../backend.js";
import type { Kernels, SimdKernel } from "../kernel.js";
import { filled, isNumeric, type NumericType } from "./conversion.js";
import { copy, type Place } from "./copy.js";
import { merged, strides, type Dimension } from "./dimensions.js";

/** A new tensor into which a whole one is copied. */
function rearranged(
  backend: SimdBackend,
  from: Place,
  shape: readonly number[],
  dimensions: readonly Dimension[],
): TensorInfo | undefined {
  const out = backend.output(shape, from.info.dtype as NumericType);
  if (copy(backend, from, { info: out }, dimensions)) return out;
  backend.disposeData(out.dataId);
  return undefined;
}

const pad: SimdKernel = (backend, { x }, attrs) => {
  const [paddings, value] = [attrs["paddings"] as [number, number][], attrs["constantValue"] as number];
  if (!isNumeric(x!.dtype) || paddings.flat().some((width) => width < 0)) return undefined;
  const shape = x!.shape.map((size, i) => paddings[i]![0] + size + paddings[i]![1]);
  const out = filled(backend, shape, value, x!.dtype);
  const [from, to] = [strides(x!.shape), strides(shape)];
  const first = paddings.reduce((sum, [before], i) => sum + before * to[i]!, 0);
  const dimensions = x!.shape.map((size, i) => ({ size, steps: [from[i]!, to[i]!] }));
  if (copy(backend, { info: x! }, { info: out, first }, dimensions)) return out;
  backend.disposeData(out.dataId);
  return undefined;
};

const tile: SimdKernel = (backend, { x }, attrs) => {
  if (!isNumeric(x!.dtype)) return undefined;
  const reps = attrs["reps"] as number[];
  const shape = x!.shape.map((size, i) => size * reps[i]!);
  const [from, to] = [strides(x!.shape), strides(shape)];
  const dimensions = x!.shape.flatMap((size, i) => [
    { size: reps[i]!, steps: [0, size * to[i]!] },
    { size, steps: [from[i]!, to[i]!] },
  ]);
  return rearranged(backend, { info: x! }, shape, dimensions);
};

const transpose: SimdKernel = (backend, { x }, attrs) => {
  if (!isNumeric(x!.dtype)) return undefined;
  const perm = attrs["perm"] as number[];
  const shape = perm.map((axis) => x!.shape[axis]!);
  const [from, to] = [strides(x!.shape), strides(shape)];
  const dimensions = perm.map((axis, i) => ({ size: x!.shape[axis]!, steps: [from[axis]!, to[i]!] }));
  const order = merged(dimensions);
  // Only dimensions of size 1 moved.
  if (order.length <= 1 && order.every(({ steps }) => steps[0] === 1)) return backend.alias(x!, shape);
  return rearranged(backend, { info: x! }, shape, dimensions);
};

const reverse: SimdKernel = (backend, { x }, { dims }) => {
  if (!isNumeric(x!.dtype)) return undefined;
  const { shape } = x!;
  if (shape.length === 0) return backend.alias(x!, shape);
  const axes = util.parseAxisParam(dims as number[], shape);
  const to = strides(shape);
  const from = to.map((step, i) => (axes.includes(i) ? -step : step));
  const first = axes.reduce((sum, axis) => sum + (shape[axis]! - 1) * to[axis]!, 0);
  return rearranged(
    backend,
    { info: x!, first },
    shape,
    shape.map((size, i) => ({ size, steps: [from[i]!, to[i]!] })),
  );
};

const expandDims: SimdKernel = (backend, { input }, { dim }) => {
  const rank = input!.shape.length;
  if (!isNumeric(input!.dtype) || (dim as number) < -(rank + 1)) return undefined;
  const at = (dim as number) < 0 ? rank + (dim as number) + 1 : (dim as number);
  return backend.alias(input!, input!.shape.toSpliced(at, 0, 1));
};

const reshape: SimdKernel = (backend, { x }, attrs) => {
  const size = util.sizeFromShape(x!.shape);
  const shape = util.inferFromImplicitShape(attrs["shape"] as number[], size);
  if (x!.dtype === "complex64") return undefined; // the shapes of both parts change, too
  return backend.alias(x!, shape);
};

const gather: SimdKernel = (backend, inputs, { axis, batchDims }) => {
  const { x, indices } = inputs as { x: TensorInfo; indices: TensorInfo };
  if (!isNumeric(x.dtype) || indices.dtype !== "int32") return undefined;
  const [along] = util.parseAxisParam(axis as number, x.shape);
  const length = x.shape[along!]!;
  for (const index of backend.values(indices)) if (index < 0 || index >= length) return undefined;
  const info = backend_util.segment_util.collectGatherOpShapeInfo(
    x,
    indices,
    along!,
    (batchDims as number | undefined) ?? 0,
  );
  const out = backend.output(info.outputShape, x.dtype);
  const count = util.sizeFromShape(indices.shape) / info.batchSize;
  const bytes = info.sliceSize * (x.dtype === "bool" ? 1 : 4);
  backend.run(
    "gather",
    {
      items: bytes === 0 ? 0 : info.batchSize * info.outerSize * count,
      grain: Math.max(1, Math.floor(65_536 / Math.max(bytes, 8))),
    },
    ...[x, indices, out].map((each) => backend.address(each)),
    ...[info.outerSize, length, count, bytes],
  );
  return out;
};

const oneHot: SimdKernel = (backend, { indices }, attrs) => {
  const [depth, on, off] = ["depth", "onValue", "offValue"].map((name) => attrs[name] as number);
  const dtype = attrs["dtype"] as NumericType;
  if (!isNumeric(dtype) || indices!.dtype !== "int32") return undefined;
  const out = filled(backend, [...indices!.shape, depth!], off!, dtype);
  const values = backend.values(out);
  backend.values(indices!).forEach((index, i) => {
    if (index >= 0 && index < depth!) values[i * depth! + index] = on!;
  });
  return out;
};

export const layout: Kernels = {
  PadV2: pad,
  Tile: tile,
  Transpose: transpose,
  Reverse: reverse,
  GatherV2: gather,
  OneHot: oneHot,
  Reshape: reshape,
  ExpandDims: expandDims,
  Identity: (backend, { x }) => (x!.dtype === "complex64" ? undefined : backend.alias(x!, x!.shape)),
};
