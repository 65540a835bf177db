import "@tensorflow/tfjs-backend-cpu";
import { backend_util } from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { pooling } from "../../../../../src/backend/simd/kernels/pooling.js";
import { Contract, numbers, worst, type Given } from "./two-threads.js";
import { channels, few, pad, side, type Pad } from "./windows.js";

const contract = new Contract();
afterAll(() => contract.close());

/** Of float32. */
const EPS = 2 ** -24;

interface Case {
  shape: [number, number, number, number];
  attrs: {
    filterSize: [number, number];
    strides: [number, number];
    pad: Pad;
    dimRoundingMode?: "floor";
  };
  seed: number;
}

const window = fc.tuple(few, few);
const cases: fc.Arbitrary<Case> = fc
  .record<Case>({
    shape: fc.tuple(fc.integer({ min: 0, max: 3 }), side, side, channels),
    attrs: fc.record({ filterSize: window, strides: window, pad, dimRoundingMode: fc.constant("floor" as const) }),
    seed: fc.nat(),
  })
  .filter((given) => outShape(given).every((length, axis) => length > 0 || axis === 0));

function outShape({ shape, attrs: { filterSize, strides, pad, dimRoundingMode } }: Case): number[] {
  return backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode).outShape;
}

/** As large as whatever images of a model: enough for two threads. */
const LARGE: Case[] = [
  { shape: [4, 24, 24, 64], attrs: { filterSize: [3, 3], strides: [2, 2], pad: "same" }, seed: 1 },
  { shape: [8, 14, 14, 96], attrs: { filterSize: [14, 14], strides: [14, 14], pad: "valid" }, seed: 2 },
  { shape: [3, 40, 40, 19], attrs: { filterSize: [2, 2], strides: [2, 2], pad: "valid" }, seed: 3 },
];

/** Numbers of which many are equal, some NaN or infinite. */
function rough(given: Given, special = true): Given {
  const values = (given.values as Float32Array).map((x, i) => {
    if (special && i % 13 === 5) return [NaN, -Infinity, Infinity][i % 3]!;
    return Math.round(x * 3);
  });
  return { shape: given.shape, values };
}

const run = (name: string, given: Readonly<Record<string, Given>>, attrs: object) =>
  contract.check(name, pooling[name]!, given, attrs);

function everyCase(test: (given: Case) => void): void {
  fc.assert(fc.property(cases, test), { numRuns: 150 });
  LARGE.forEach(test);
}

describe("MaxPool", () => {
  it("is TensorFlow.js's, bit for bit, among equal numbers, infinities and NaN too", () => {
    everyCase(({ shape, attrs, seed }) => {
      const { ours, cpu } = run("MaxPool", { x: rough(numbers(shape, seed)) }, attrs);
      expect(ours).toEqual(cpu);
    });
  });

  it("leaves integers to TensorFlow.js", () => {
    const x = { shape: [1, 2, 2, 1], values: Int32Array.of(1, 2, 3, 4) };
    const attrs = { filterSize: 2, strides: 1, pad: "valid" };
    expect(contract.leaves(pooling["MaxPool"]!, { x }, attrs)).toBe(true);
    expect(contract.leaves(pooling["AvgPool"]!, { x }, attrs)).toBe(true);
  });
});

describe("MaxPoolGrad", () => {
  it("gives each gradient to the first of the largest numbers", () => {
    everyCase((given) => {
      const { shape, attrs, seed } = given;
      const input = rough(numbers(shape, seed));
      const output = numbers(outShape(given), seed + 1); // its numbers are not looked at
      const dy = numbers(outShape(given), seed + 2);
      const { ours, cpu } = run("MaxPoolGrad", { dy, input, output }, attrs);
      // Up to 16 windows share a number: 16 roundings of a sum below 16.
      expect(worst(ours, cpu, () => EPS * 16 * 16)).toBeLessThan(1);
    });
  });
});

describe("AvgPool", () => {
  it("is TensorFlow.js's, but for rounding", () => {
    everyCase(({ shape, attrs, seed }) => {
      const { ours, cpu } = run("AvgPool", { x: numbers(shape, seed) }, attrs);
      // Sums row by row and then of rows: filterHeight + filterWidth roundings, relative to numbers below 1.
      const [height, width] = attrs.filterSize;
      expect(worst(ours, cpu, () => EPS * (height + width + 2))).toBeLessThan(1);
    });
  });

  it("lets NaN through, into its windows only", () => {
    const x = numbers([1, 8, 8, 5], 3);
    x.values[(3 * 8 + 3) * 5 + 2] = NaN;
    const { ours, cpu } = run("AvgPool", { x }, { filterSize: 2, strides: 1, pad: "same" });
    expect(worst(ours, cpu, () => EPS * 6)).toBeLessThan(1);
    expect(ours.filter(Number.isNaN)).toHaveLength(4);
  });
});

describe("AvgPoolGrad", () => {
  it("is TensorFlow.js's, but for rounding", () => {
    everyCase((given) => {
      const { shape, attrs, seed } = given;
      const { dimRoundingMode: _, ...rest } = attrs; // which TensorFlow.js's kernel does not look at
      const dy = numbers(outShape({ ...given, attrs: rest }), seed);
      const { ours, cpu } = run("AvgPoolGrad", { dy, input: numbers(shape, seed + 1) }, attrs);
      expect(worst(ours, cpu, () => EPS * 8)).toBeLessThan(1);
    });
  });
});

it("a window of one number is the image itself", () => {
  const x = numbers([2, 3, 3, 2], 1);
  for (const name of ["MaxPool", "AvgPool"])
    expect(run(name, { x }, { filterSize: 1, strides: 1, pad: "valid" }).ours).toEqual(x.values);
});
