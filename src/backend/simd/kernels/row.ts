import { util } from "@tensorflow/tfjs-core";
import type { Kernels, SimdKernel } from "../kernel.js";
import { GRAIN } from "./broadcast.js";
import type { Pass } from "./pass.js";

/** A tensor seen as [outer, length, inner], of which length is one axis. */
function around(shape: readonly number[], axis: number): Pass {
  const size = (some: readonly number[]): number => util.sizeFromShape(some as number[]);
  return { outer: size(shape.slice(0, axis)), length: shape[axis]!, inner: size(shape.slice(axis + 1)) };
}

const linesAtATime = (length: number): number => Math.max(1, Math.floor(GRAIN / length));

function extremePlace(op: number): SimdKernel {
  return (backend, { x }, { axis }) => {
    if (x!.dtype !== "float32" || util.sizeFromShape(x!.shape) === 0 || x!.shape.length === 0) return undefined;
    const [along] = util.parseAxisParam(axis as number, x!.shape);
    const { outer, length, inner } = around(x!.shape, along!);
    const out = backend.output(x!.shape.toSpliced(along!, 1), "int32");
    const work = { items: outer * inner, grain: linesAtATime(length) };
    backend.run("extremePlace", work, op, backend.address(x!), backend.address(out), length, inner);
    return out;
  };
}

const softmax: SimdKernel = (backend, { logits }, { dim }) => {
  const { shape, dtype } = logits!;
  const last = shape.length - 1;
  if (dtype !== "float32" || last < 0 || (dim !== -1 && dim !== last) || shape[last] === 0) return undefined;
  const out = backend.output(shape);
  const { outer, length } = around(shape, last);
  const work = { items: outer, grain: Math.ceil(linesAtATime(length) / 4) };
  backend.run("softmax", work, backend.address(logits!), backend.address(out), length);
  return out;
};

const cumsum: SimdKernel = (backend, { x }, { axis, exclusive, reverse }) => {
  const { shape, dtype } = x!;
  if ((dtype !== "float32" && dtype !== "int32") || shape.length === 0) return undefined;
  const [along] = util.parseAxisParam(axis as number, shape);
  const { outer, length, inner } = around(shape, along!);
  const out = backend.output(shape, dtype);
  backend.run(
    "cumulate",
    { items: length === 0 ? 0 : outer * inner, grain: linesAtATime(Math.max(1, length)) },
    ...[Number(dtype === "float32"), backend.address(x!), backend.address(out)],
    ...[length, inner, Number(exclusive), Number(reverse)],
  );
  return out;
};

/** Kernels that go along one axis. */
export const rows: Kernels = {
  ArgMax: extremePlace(0),
  ArgMin: extremePlace(1),
  Softmax: softmax,
  Cumsum: cumsum,
};
