import { backend_util, util, type TensorInfo } from "@tensorflow/tfjs-core";
import type { SimdBackend } from "../backend.js";
import { broadcastSteps, merged, padded, type Dimension } from "./dimensions.js";

/** Numbers that one thread computes before it takes the next: enough to outweigh the taking. */
export const GRAIN = 16_384;

/** Dimensions that the kernel runs over. */
const RANK = 5;

/** A row with fewer numbers is repeated until it has about so many. */
const SHORT = 32;
const LENGTH = 512;

/** What the kernel "binary" computes from what. */
export const KIND = { numbers: 0, comparison: 1, bytes: 2 } as const;

/**
 * One operation on each pair of numbers, with broadcasting.
 * @param op see assembly/arithmetic.ts and assembly/comparison.ts
 * @returns undefined where the shapes interleave in too many dimensions
 */
export function pairwise(
  backend: SimdBackend,
  [kind, op]: readonly [kind: number, op: number],
  a: TensorInfo,
  b: TensorInfo,
  dtype: "float32" | "int32" | "bool",
): TensorInfo | undefined {
  const shape = backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
  const [stepsA, stepsB] = [broadcastSteps(a.shape, shape), broadcastSteps(b.shape, shape)];
  const order = merged(shape.map((size, i) => ({ size, steps: [stepsA[i]!, stepsB[i]!] })));
  const dimensions = padded(order, RANK);
  if (!dimensions) return undefined;
  const out = backend.output(shape, dtype);
  const items = util.sizeFromShape(shape);
  const run = (addressA: number, addressB: number, loop: readonly Dimension[]): void =>
    backend.run(
      "binary",
      { items, grain: GRAIN },
      ...[kind, op, addressA, addressB, backend.address(out)],
      ...loop.slice(1).map(({ size }) => size),
      ...loop.map(({ steps }) => steps[0] ?? 0),
      ...loop.map(({ steps }) => steps[1] ?? 0),
    );
  if (kind === KIND.bytes || !isShortRow(order)) run(backend.address(a), backend.address(b), dimensions);
  else lengthened(backend, a, b, order.map(({ size }) => size) as [number, number], run);
  return out;
}

/** Whether the second operand is a row of a few numbers, as one for each color: too short for vectors. */
function isShortRow(order: readonly Dimension[]): boolean {
  const [rows, row] = order;
  if (order.length !== 2 || row!.size >= SHORT || rows!.size * row!.size < 4 * LENGTH) return false;
  return rows!.steps[1] === 0 && row!.steps.every((step) => step === 1);
}

/** Repeats a short row until it is long, and then goes over several rows at a time; the last time over fewer. */
function lengthened(
  backend: SimdBackend,
  a: TensorInfo,
  b: TensorInfo,
  [rows, size]: readonly [rows: number, size: number],
  run: (a: number, b: number, loop: readonly Dimension[]) => void,
): void {
  const length = size * Math.ceil(LENGTH / size);
  backend.scratch(4 * length, (address) => {
    const row = backend.memoryOfTensors.int32(address, length);
    const given = backend.memoryOfTensors.int32(backend.address(b), size);
    for (let i = 0; i < length; i += size) row.set(given, i);
    const loop = [
      { size: Math.ceil((rows * size) / length), steps: [length, 0] },
      { size: length, steps: [1, 1] },
    ];
    run(backend.address(a), address, padded(loop, RANK)!);
  });
}
