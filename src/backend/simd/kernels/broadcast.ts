import { backend_util, util, type TensorInfo } from "@tensorflow/tfjs-core";
import type { SimdBackend } from "../backend.js";
import { broadcastSteps, merged, padded } from "./dimensions.js";

/** Numbers that one thread computes before it takes the next: enough to outweigh the taking. */
export const GRAIN = 16_384;

/** Dimensions that the kernel runs over. */
const RANK = 5;

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
  const dimensions = padded(merged(shape.map((size, i) => ({ size, steps: [stepsA[i]!, stepsB[i]!] }))), RANK);
  if (!dimensions) return undefined;
  const out = backend.output(shape, dtype);
  backend.run(
    "binary",
    { items: util.sizeFromShape(shape), grain: GRAIN },
    ...[kind, op, backend.address(a), backend.address(b), backend.address(out)],
    ...dimensions.slice(1).map(({ size }) => size),
    ...dimensions.map(({ steps }) => steps[0] ?? 0),
    ...dimensions.map(({ steps }) => steps[1] ?? 0),
  );
  return out;
}
