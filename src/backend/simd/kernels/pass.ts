import { backend_util, util, type TensorInfo } from "@tensorflow/tfjs-core";
import type { SimdBackend } from "../backend.js";
import type { NumericType } from "./conversion.js";

/** One step of a reduction: a tensor seen as [outer, length, inner], whose length goes away. */
export interface Pass {
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
}

/** How a pass is cut for threads: by its shape alone, so that the result does not depend on who computes. */
export interface Cut {
  /** Pieces of the length, and how long they are. */
  readonly parts: number;
  readonly partLength: number;
  /** Columns that are reduced together. */
  readonly width: number;
  readonly items: number;
  readonly grain: number;
}

/** Numbers of a piece. */
const PIECE = 32_768;
/** Pieces that are enough for any number of threads. */
const ENOUGH = 64;
/** Most columns at a time, so that their sums stay near the processor. */
const WIDTH = 1024;

export function cut({ outer, length, inner }: Pass): Cut {
  const width = Math.min(inner, WIDTH);
  const blocks = outer * Math.ceil(inner / width);
  const most = Math.max(8, Math.floor(PIECE / width));
  const parts = blocks >= ENOUGH ? 1 : Math.ceil(length / most);
  const partLength = parts === 1 ? length : most;
  const grain = Math.max(1, Math.floor(PIECE / 2 / (partLength * width)));
  return { parts, partLength, width, items: blocks * parts, grain };
}

/** The steps that reduce the given axes, last axis first: one wherever they are neighbours. */
export function passes(shape: readonly number[], axes: readonly number[]): Pass[] {
  const groups: { size: number; reduced: boolean }[] = [];
  for (const [axis, size] of shape.entries()) {
    if (size === 1) continue;
    const reduced = axes.includes(axis);
    const last = groups.at(-1);
    if (last?.reduced === reduced) last.size *= size;
    else groups.push({ size, reduced });
  }
  const product = (some: typeof groups): number => some.reduce((size, group) => size * group.size, 1);
  const result: Pass[] = [];
  for (let i = groups.length - 1; i >= 0; i--) {
    if (!groups[i]!.reduced) continue;
    const kept = groups.slice(i + 1).filter(({ reduced }) => !reduced);
    result.push({ outer: product(groups.slice(0, i)), length: groups[i]!.size, inner: product(kept) });
  }
  return result;
}

/**
 * Reduces axes of a tensor, pass by pass.
 * @param run computes a pass from one tensor's numbers into another's
 * @returns undefined where there is nothing to reduce: an empty tensor
 */
export function reduced(
  backend: SimdBackend,
  x: TensorInfo,
  axis: number | number[],
  keepDims: boolean,
  run: (pass: Pass, from: TensorInfo, to: TensorInfo) => void,
): TensorInfo | undefined {
  if (util.sizeFromShape(x.shape) === 0) return undefined;
  const axes = util.parseAxisParam(axis, x.shape);
  const [kept] = backend_util.computeOutAndReduceShapes(x.shape, axes);
  const shape = keepDims ? backend_util.expandShapeToKeepDim(kept, axes) : kept;
  const steps = passes(x.shape, axes);
  if (steps.length === 0) return backend.alias(x, shape);
  return steps.reduce((from, pass, i) => {
    const last = i === steps.length - 1;
    const to = backend.output(last ? shape : [pass.outer * pass.inner], x.dtype as NumericType);
    run(pass, from, to);
    if (from !== x) backend.disposeData(from.dataId);
    return to;
  }, x);
}
