import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { SimdBackend } from "../backend.js";
import { GRAIN } from "./broadcast.js";
import { merged, padded, type Dimension } from "./dimensions.js";

/** Dimensions that the kernels "copy" and "transpose" run over. */
const COPY_RANK = 6;
const TRANSPOSE_RANK = 5;
/** See assembly/transposition.ts. */
const SIDE = 32;

/** A tensor, and the number in it where a copy starts. */
export interface Place {
  readonly info: TensorInfo;
  readonly first?: number;
}

/**
 * Copies numbers from one tensor into another of the same type.
 * @param dimensions those of the copy, outermost first, with the steps in `from` and in `to`; all steps in `to` are positive
 * @returns whether there was a way: not where more than six dimensions are left
 */
export function copy(backend: SimdBackend, from: Place, to: Place, dimensions: readonly Dimension[]): boolean {
  if (dimensions.some(({ size }) => size === 0)) return true;
  const order = merged(dimensions.toSorted((a, b) => b.steps[1]! - a.steps[1]!));
  const bytes = from.info.dtype === "bool" ? 1 : 4;
  const addresses = [from, to].map(({ info, first = 0 }) => backend.address(info) + bytes * first);
  const exchange = bytes === 4 ? exchanged(order) : undefined;
  if (exchange) {
    transpose(backend, addresses, exchange);
    return true;
  }
  const all = padded(order, COPY_RANK);
  if (!all) return false;
  backend.run(
    "copy",
    { items: all.reduce((items, { size }) => items * size, 1), grain: GRAIN },
    ...[bytes === 1 ? 0 : 2, ...addresses],
    ...all.slice(1).map(({ size }) => size),
    ...all.map(({ steps }) => steps[0] ?? 0),
    ...all.map(({ steps }) => steps[1] ?? 0),
  );
  return true;
}

/** The dimensions with the one along which `from` is contiguous next to the last, along which `to` is. */
function exchanged(order: readonly Dimension[]): Dimension[] | undefined {
  const last = order.at(-1);
  const contiguous = order.findIndex(({ steps }) => steps[0] === 1);
  if (!last || last.steps[1] !== 1 || contiguous < 0 || contiguous === order.length - 1) return undefined;
  return padded([...order.toSpliced(contiguous, 1).slice(0, -1), order[contiguous]!, last], TRANSPOSE_RANK);
}

function transpose(backend: SimdBackend, addresses: number[], dimensions: readonly Dimension[]): void {
  const [d0, d1, d2, rows, columns] = dimensions as [Dimension, Dimension, Dimension, Dimension, Dimension];
  const tiles = Math.ceil(rows.size / SIDE) * Math.ceil(columns.size / SIDE);
  backend.run(
    "transpose",
    { items: d0.size * d1.size * d2.size * tiles, grain: GRAIN / SIDE ** 2 },
    ...[...addresses, d1.size, d2.size, rows.size, columns.size],
    ...[d0, d1, d2].map(({ steps }) => steps[0]!),
    ...[d0, d1, d2].map(({ steps }) => steps[1]!),
    ...[columns.steps[0]!, rows.steps[1]!],
  );
}
