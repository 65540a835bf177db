import "@tensorflow/tfjs-backend-cpu";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { normalization } from "../../../../../src/backend/simd/kernels/normalization.js";
import { Contract, numbers, worst, type Given } from "./two-threads.js";

const contract = new Contract();
afterAll(() => contract.close());

const batchNorm = normalization["FusedBatchNorm"]!;

function inputs(shape: number[], of: number[], seed: number, scaled = true, shifted = true): Record<string, Given> {
  const variance = numbers(of, seed + 1);
  for (const i of variance.values.keys()) variance.values[i] = variance.values[i]! ** 2;
  return {
    x: numbers(shape, seed + 2),
    mean: numbers(of, seed + 3),
    variance,
    ...(scaled && { scale: numbers(of, seed + 4) }),
    ...(shifted && { offset: numbers(of, seed + 5) }),
  };
}

describe("FusedBatchNorm", () => {
  it("is TensorFlow.js's, but for rounding", () => {
    const length = fc.integer({ min: 0, max: 6 });
    const channels = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constantFrom(64, 200));
    const epsilon = fc.constantFrom(undefined, 1e-3, 1e-5);
    fc.assert(
      fc.property(
        fc.array(length, { minLength: 1, maxLength: 3 }),
        channels,
        epsilon,
        fc.boolean(),
        fc.boolean(),
        fc.nat(),
        (outer, last, varianceEpsilon, scaled, shifted, seed) => {
          const given = inputs([...outer, last], [last], seed, scaled, shifted);
          const { ours, cpu } = contract.check("FusedBatchNorm", batchNorm, given, { varianceEpsilon });
          // Four roundings, of numbers up to 2 / sqrt(epsilon) + 1.
          const largest = 2 / Math.sqrt(varianceEpsilon ?? 1e-3) + 1;
          expect(worst(ours, cpu, () => 2 ** -24 * 4 * largest)).toBeLessThan(1);
        },
      ),
      { numRuns: 200 },
    );
  });

  it("takes parameters of any shape, and work enough for threads", () => {
    for (const [shape, of] of [
      [[8, 20, 20, 64], [64]],
      [
        [5, 7, 3],
        [7, 3],
      ],
      [
        [4, 5, 6],
        [4, 5, 6],
      ],
    ] as const) {
      const { ours, cpu } = contract.check("FusedBatchNorm", batchNorm, inputs([...shape], [...of], 5), {
        varianceEpsilon: 0.01,
      });
      expect(worst(ours, cpu, () => 2 ** -24 * 4 * 21)).toBeLessThan(1);
    }
  });

  it("lets NaN through", () => {
    const given = inputs([6, 5], [5], 9);
    given["x"]!.values[7] = NaN;
    given["variance"]!.values[4] = -1; // has no square root
    const { ours } = contract.check("FusedBatchNorm", batchNorm, given);
    expect([...ours.keys()].filter((i) => Number.isNaN(ours[i]))).toEqual([4, 7, 9, 14, 19, 24, 29]);
  });

  it("leaves parameters that do not divide the tensor, or differ in shape, to TensorFlow.js", () => {
    const given = inputs([4, 6], [6], 1);
    expect(contract.leaves(batchNorm, given)).toBe(false);
    expect(contract.leaves(batchNorm, inputs([4, 6], [5], 1))).toBe(true);
    expect(contract.leaves(batchNorm, { ...given, scale: numbers([1], 2) })).toBe(true);
  });
});
