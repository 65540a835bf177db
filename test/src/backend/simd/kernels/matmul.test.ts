import "@tensorflow/tfjs-backend-cpu";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { matmul } from "../../../../../src/backend/simd/kernels/matmul.js";
import { Contract, numbers, worst, type Given, type Made } from "./two-threads.js";

const contract = new Contract();
afterAll(() => contract.close());

/** Of float32. */
const EPS = 2 ** -24;

interface Sizes {
  rows: number;
  columns: number;
  depth: number;
  transposeA: boolean;
  transposeB: boolean;
}

const product = matmul["BatchMatMul"]!;
const fused = matmul["_FusedMatMul"]!;

function factors(
  { rows, columns, depth, transposeA, transposeB }: Sizes,
  outerA: number[],
  outerB: number[],
  seed: number,
) {
  return {
    a: numbers([...outerA, ...(transposeA ? [depth, rows] : [rows, depth])], seed),
    b: numbers([...outerB, ...(transposeB ? [columns, depth] : [depth, columns])], seed + 1),
  };
}

/** Difference from sums in double precision, in units of what float32 sums of `depth` products in any order may differ. */
function error(
  { ours }: Made,
  { a, b }: { a: Given; b: Given },
  { rows, columns, depth, transposeA, transposeB }: Sizes,
) {
  const batches = ours.length / (rows * columns) || 0;
  const [aBatches, bBatches] = [a.values.length / (rows * depth || 1), b.values.length / (columns * depth || 1)];
  const sums = new Float64Array(ours.length);
  const sizes = new Float64Array(ours.length);
  for (let i = 0, batch = 0; batch < batches; batch++)
    for (let m = 0; m < rows; m++)
      for (let n = 0; n < columns; n++, i++)
        for (let k = 0; k < depth; k++) {
          const left = (batch % aBatches) * rows * depth + (transposeA ? k * rows + m : m * depth + k);
          const right = (batch % bBatches) * columns * depth + (transposeB ? n * depth + k : k * columns + n);
          const term = a.values[left]! * b.values[right]!;
          sums[i]! += term;
          sizes[i]! += Math.abs(term);
        }
  return worst(ours, sums, (i) => 1e-30 + EPS * (depth + 1) * sizes[i]!);
}

const size = fc.oneof(
  fc.integer({ min: 0, max: 20 }),
  fc.integer({ min: 1, max: 90 }),
  fc.constantFrom(1, 4, 8, 64, 65),
);
const sizes = fc.record<Sizes>({
  rows: size,
  columns: size,
  depth: fc.oneof(size, fc.constantFrom(513, 600)),
  transposeA: fc.boolean(),
  transposeB: fc.boolean(),
});
const outer = fc.constantFrom<[number[], number[]]>(
  ...([
    [[], []],
    [[3], [3]],
    [[1], [3]],
    [
      [2, 3],
      [1, 1],
    ],
    [
      [2, 3],
      [2, 3],
    ],
    [[], [5]],
    [[0], [0]],
    [[3], [2, 3]],
  ] as [number[], number[]][]),
);

describe("BatchMatMul", () => {
  it("is the product in double precision, but for float32's rounding", () => {
    fc.assert(
      fc.property(sizes, outer, fc.nat(), (given, [outerA, outerB], seed) => {
        const inputs = factors(given, outerA, outerB, seed);
        expect(error(contract.check("BatchMatMul", product, inputs, given), inputs, given)).toBeLessThan(1);
      }),
      { numRuns: 150 },
    );
  });

  it.each([
    [133, 70, 1030],
    [64, 200, 515],
    [2, 1500, 300],
    [1500, 2, 300],
  ])("is cut among threads without changing a bit: %i x %i, depth %i", (rows, columns, depth) => {
    for (const transposeA of [false, true])
      for (const transposeB of [false, true]) {
        const given = { rows, columns, depth, transposeA, transposeB };
        const inputs = factors(given, [], [], 7);
        expect(error(contract.check("BatchMatMul", product, inputs, given), inputs, given)).toBeLessThan(1);
      }
  });

  it("broadcasts outer dimensions in the middle", () => {
    const a = numbers([3, 1, 5, 4], 1);
    const b = numbers([3, 2, 4, 6], 2);
    const repeated = new Float32Array(3 * 2 * 20);
    for (let i = 0; i < 6; i++) repeated.set(a.values.subarray((i >> 1) * 20, (i >> 1) * 20 + 20), i * 20);
    const whole = contract.check("BatchMatMul", product, { a: { shape: [3, 2, 5, 4], values: repeated }, b });
    // TensorFlow.js's own kernel takes the wrong matrices here: only what lies in front of a dimension may be repeated there.
    const short = contract.check("BatchMatMul", product, { a, b });
    expect(short.ours).toEqual(whole.ours);
  });

  it("lets NaN and infinities through, into their rows and columns only", () => {
    const a = numbers([6, 9], 1);
    const b = numbers([9, 11], 2);
    a.values[3 * 9 + 5] = NaN;
    b.values[2 * 11 + 10] = Infinity;
    const { ours, cpu } = contract.check("BatchMatMul", product, { a, b });
    expect(worst(ours, cpu, () => 1e-5)).toBeLessThan(1);
    expect(ours.filter(Number.isNaN)).toHaveLength(11);
  });

  it("leaves integers to TensorFlow.js", () => {
    const a = { shape: [2, 2], values: Int32Array.of(1, 2, 3, 4) };
    expect(contract.leaves(product, { a, b: a })).toBe(true);
    expect(contract.leaves(product, { a: numbers([2, 2], 1), b: numbers([2, 2], 1) })).toBe(false);
  });
});

describe("_FusedMatMul", () => {
  const activations = ["linear", "relu", "relu6", "leakyrelu", "elu", "sigmoid", "prelu", undefined];
  const biases = fc.constantFrom("none", "row", "1 x row", "number", "all");

  it("adds the bias and applies the activation as TensorFlow.js does", () => {
    fc.assert(
      fc.property(sizes, biases, fc.constantFrom(...activations), fc.nat(), (given, kind, activation, seed) => {
        const { rows, columns, depth } = given;
        const { a, b } = factors(given, [], [], seed);
        const shape = { none: [], row: [columns], "1 x row": [1, columns], number: [1], all: [rows, columns] }[kind];
        const inputs: Record<string, Given> = { a, b, ...(kind !== "none" && { bias: numbers(shape, seed + 2) }) };
        if (activation === "prelu") inputs["preluActivationWeights"] = numbers([columns], seed + 3);
        for (const i of b.values.keys()) b.values[i]! *= 8;
        const attrs = { ...given, activation, leakyreluAlpha: 0.25 };
        const { ours, cpu } = contract.check("_FusedMatMul", fused, inputs, attrs);
        // Terms are below 8, and every activation's slope is at most 1.
        expect(worst(ours, cpu, () => EPS * (8 * depth + 2) * (depth + 4))).toBeLessThan(1);
      }),
      { numRuns: 150 },
    );
  });

  it("leaves an unknown activation to TensorFlow.js", () => {
    const given = { a: numbers([2, 2], 1), b: numbers([2, 2], 2) };
    expect(contract.leaves(fused, given, { activation: "swish" })).toBe(true);
  });
});
