import { util } from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { reduction } from "../../../../../src/backend/simd/kernels/reduction.js";
import { rows } from "../../../../../src/backend/simd/kernels/row.js";
import {
  agrees,
  booleans,
  eighths,
  floats,
  integers,
  ours,
  seeds,
  shapes,
  theirs,
  threadsEnded,
  threadsStarted,
  type Given,
} from "./contract.js";

beforeAll(threadsStarted);
afterAll(threadsEnded);

/** A shape without empty dimensions, and some of its axes, some counted from behind. */
const reducible = shapes({ empty: false }).chain((shape) =>
  fc.tuple(
    fc.constant(shape),
    fc
      .subarray([...shape.keys()])
      .chain((axes) =>
        fc
          .array(fc.boolean(), { minLength: axes.length, maxLength: axes.length })
          .map((negative) => axes.map((axis, i) => (negative[i] ? axis - shape.length : axis))),
      ),
    fc.boolean(),
  ),
);

/** Large ones that are cut into parts, in each layout: trailing, leading, middle, mixed, all. */
const LARGE: readonly (readonly [shape: number[], axes: number[]])[] = [
  [[3, 70_001], [1]],
  [
    [9, 33, 35, 16],
    [0, 1, 2],
  ],
  [[50_001, 3], [0]],
  [[70, 49, 30], [1]],
  [
    [4, 20, 30, 41],
    [0, 2, 3],
  ],
  [[2, 70_000], [0]],
  [
    [33, 55, 77],
    [0, 1, 2],
  ],
];

/** Differences at most so many times the sum of sizes: the rounding of the result, and of the few additions in single precision. */
const RELATIVE = 4 * 2 ** -24;

function sumsClosely(name: "Sum" | "Mean", x: Given, attrs: { axis: number[]; keepDims: boolean }): void {
  const [actual] = ours(reduction, name, { x }, attrs)!;
  const [expected] = theirs(name, { x }, attrs);
  const [size] = theirs(name, { x: { ...x, values: Array.from(x.values, Math.abs) } }, attrs);
  expect([actual!.dtype, ...actual!.shape]).toEqual([expected!.dtype, ...expected!.shape]);
  for (let i = 0; i < expected!.values.length; i++) {
    const error = Math.abs(actual!.values[i]! - expected!.values[i]!);
    if (!(error <= RELATIVE * size!.values[i]!))
      expect.fail(`${name}[${i}] is ${actual!.values[i]}, expected ${expected!.values[i]}`);
  }
}

describe("sums", () => {
  test("Sum and Mean of float32 over any axes", () => {
    fc.assert(
      fc.property(reducible, seeds, ([shape, axis, keepDims], seed) => {
        for (const name of ["Sum", "Mean"] as const) sumsClosely(name, floats(shape, seed), { axis, keepDims });
        agrees(reduction, "Sum", { x: eighths(shape, seed) }, { axis, keepDims });
      }),
    );
  });

  test.each(LARGE)("Sum and Mean of %j over %j", (shape, axis) => {
    sumsClosely("Mean", floats(shape, 5), { axis, keepDims: false });
    sumsClosely("Sum", floats(shape, 5), { axis, keepDims: true });
    agrees(reduction, "Sum", { x: eighths(shape, 6) }, { axis, keepDims: false });
  });

  test("a million numbers of one sign lose nothing", () => {
    const values = new Float32Array(1_000_003).fill(0.1);
    const x: Given = { shape: [values.length], dtype: "float32", values };
    const exact = Math.fround(Math.fround(0.1) * values.length);
    expect(ours(reduction, "Sum", { x }, { axis: [0], keepDims: false })![0]!.values[0]).toBeCloseTo(exact, 1);
    const [mean] = ours(reduction, "Mean", { x }, { axis: [0], keepDims: false })!;
    expect(Math.abs(mean!.values[0]! - Math.fround(0.1))).toBeLessThan(1e-8);
  });

  test("infinities and NaN come through", () => {
    for (const special of [Infinity, -Infinity, NaN])
      for (const length of [1, 5, 70, 40_000]) {
        const x: Given = { shape: [length, 2], dtype: "float32", values: new Float32Array(2 * length).fill(1) };
        (x.values as Float32Array)[length] = special;
        for (const axis of [[0], [1], [0, 1]]) agrees(reduction, "Sum", { x }, { axis, keepDims: false });
      }
  });

  test("Sum and Mean of int32 and bool", () => {
    fc.assert(
      fc.property(reducible, seeds, ([shape, axis, keepDims], seed) => {
        for (const x of [integers(shape, seed, 1000), booleans(shape, seed)])
          agrees(reduction, "Sum", { x }, { axis, keepDims });
        const [mean] = ours(reduction, "Mean", { x: booleans(shape, seed) }, { axis, keepDims })!;
        const [expected] = theirs("Mean", { x: { ...booleans(shape, seed), dtype: "float32" } }, { axis, keepDims });
        expect(mean!.dtype).toBe("float32");
        for (let i = 0; i < mean!.values.length; i++) expect(mean!.values[i]).toBeCloseTo(expected!.values[i]!, 5);
      }),
      { numRuns: 50 },
    );
  });

  test("leaves empty tensors to TensorFlow.js", () => {
    const x = floats([3, 0], 1);
    for (const name of ["Sum", "Mean", "Min"])
      expect(ours(reduction, name, { x }, { axis: [1], keepDims: false })).toBeUndefined();
  });
});

describe("extremes", () => {
  test.each(["Max", "Min"])("%s of float32 and int32 over any axes", (name) => {
    fc.assert(
      fc.property(reducible, seeds, fc.boolean(), ([shape, axes, keepDims], seed, special) => {
        const attrs = { axis: axes, reductionIndices: axes, keepDims };
        agrees(reduction, name, { x: floats(shape, seed, { special }) }, attrs);
        agrees(reduction, name, { x: integers(shape, seed) }, attrs);
      }),
    );
    for (const [shape, axes] of LARGE)
      agrees(reduction, name, { x: floats(shape, 8) }, { axis: axes, reductionIndices: axes, keepDims: false });
  });

  test.each(["All", "Any"])("%s over any axes", (name) => {
    fc.assert(
      fc.property(reducible, seeds, ([shape, axis, keepDims], seed) => {
        const mostly = name === "All" ? 1 : 0;
        const { values } = floats(shape, seed);
        const x = { ...booleans(shape, seed), values: Array.from(values, (v) => (v > 3.5 ? 1 - mostly : mostly)) };
        agrees(reduction, name, { x }, { axis, keepDims });
      }),
    );
  });

  test.each(["ArgMax", "ArgMin"])("%s along each axis: the first of equals, NaN only where it is first", (name) => {
    fc.assert(
      fc.property(shapes({ min: 1, empty: false }), seeds, fc.nat(), (shape, seed, axis) => {
        const { values } = floats(shape, seed, { special: true });
        const x: Given = { shape, dtype: "float32", values: Array.from(values, (value) => Math.round(value)) };
        agrees(rows, name, { x }, { axis: axis % shape.length });
        agrees(rows, name, { x: floats(shape, seed) }, { axis: -1 });
      }),
    );
    agrees(rows, name, { x: floats([400, 101], 3) }, { axis: 0 });
  });
});

describe("rows", () => {
  test("Softmax within 4 ulp, and rows sum to 1", () => {
    fc.assert(
      fc.property(shapes({ min: 1 }), seeds, fc.boolean(), (shape, seed, special) => {
        if (shape.at(-1) === 0) return;
        agrees(rows, "Softmax", { logits: floats(shape, seed, { special, scale: 20 }) }, { dim: -1 }, 4);
        const [given] = ours(rows, "Softmax", { logits: floats(shape, seed) }, { dim: shape.length - 1 })!;
        const sum = Array.from(given!.values).reduce((a, b) => a + b, 0);
        expect(sum).toBeCloseTo(util.sizeFromShape(shape) / shape.at(-1), 2);
      }),
    );
    agrees(rows, "Softmax", { logits: floats([5001, 10], 3, { scale: 90 }) }, { dim: 1 }, 4);
    expect(ours(rows, "Softmax", { logits: floats([3, 4], 1) }, { dim: 0 })).toBeUndefined();
  });

  test("Cumsum, exclusive and reversed", () => {
    fc.assert(
      fc.property(
        shapes({ min: 1 }),
        ...([seeds, fc.nat(), fc.boolean(), fc.boolean()] as const),
        (shape, seed, axis, exclusive, reverse) => {
          for (const x of [eighths(shape, seed), integers(shape, seed)])
            agrees(rows, "Cumsum", { x }, { axis: axis % shape.length, exclusive, reverse });
        },
      ),
    );
  });
});
