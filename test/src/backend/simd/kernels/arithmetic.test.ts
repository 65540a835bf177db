import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { backend } from "../../../../../src/backend/simd/index.js";
import { arithmetic } from "../../../../../src/backend/simd/kernels/arithmetic.js";
import { comparisons } from "../../../../../src/backend/simd/kernels/comparison.js";
import {
  agrees,
  booleans,
  broadcastable,
  floats,
  integers,
  ours,
  seeds,
  shapes,
  threadsEnded,
  threadsStarted,
} from "./contract.js";

beforeAll(threadsStarted);
afterAll(threadsEnded);

const SHARED = ["Add", "Sub", "Multiply", "Maximum", "Minimum", "SquaredDifference"];
// Rounded once here, as a double before it is rounded in TensorFlow.js.
const ULPS: Readonly<Record<string, number>> = { SquaredDifference: 3, EluGrad: 1 };
const COMPARISONS = ["Equal", "NotEqual", "Greater", "GreaterEqual", "Less", "LessEqual"];

/** Shapes as in training, large enough for several threads. */
const LARGE: readonly (readonly [a: number[], b: number[]])[] = [
  [
    [50_001, 3],
    [50_001, 3],
  ],
  [[50_001, 3], [3]],
  [[100_003], []],
  [[8, 17, 17, 64], [64]],
  [
    [8, 1, 1, 64],
    [8, 17, 17, 64],
  ],
  [
    [8, 17, 17, 64],
    [8, 17, 17, 1],
  ],
  [
    [70, 33, 40],
    [70, 1, 40],
  ],
];

describe("arithmetic", () => {
  test.each([...SHARED, "RealDiv"])("%s of float32, broadcast", (name) => {
    fc.assert(
      fc.property(broadcastable, seeds, ([a, b], seed) => {
        const tensors = { a: floats(a, seed, { special: true }), b: floats(b, seed + 1, { special: true }) };
        agrees(arithmetic, name, tensors, {}, ULPS[name]);
      }),
    );
  });

  test.each(SHARED)("%s of int32, broadcast", (name) => {
    fc.assert(
      fc.property(broadcastable, seeds, ([a, b], seed) => {
        agrees(arithmetic, name, { a: integers(a, seed, 20_000), b: integers(b, seed + 1, 20_000) });
      }),
    );
  });

  test.each(["Add", "RealDiv"])("%s of large tensors", (name) => {
    for (const [i, [a, b]] of LARGE.entries())
      agrees(arithmetic, name, { a: floats(a, i), b: floats(b, i + 9) }, {}, ULPS[name]);
  });

  test("Prelu and EluGrad", () => {
    fc.assert(
      fc.property(broadcastable, seeds, ([x, alpha], seed) => {
        const tensors = { x: floats(x, seed, { special: true }), alpha: floats(alpha, seed + 1) };
        agrees(arithmetic, "Prelu", tensors);
      }),
    );
    fc.assert(
      fc.property(shapes(), seeds, (shape, seed) => {
        const tensors = { dy: floats(shape, seed), y: floats(shape, seed + 1, { special: true }) };
        agrees(arithmetic, "EluGrad", tensors, {}, ULPS["EluGrad"]);
      }),
    );
  });

  test("AddN of two and more", () => {
    fc.assert(
      fc.property(shapes(), seeds, fc.integer({ min: 2, max: 5 }), (shape, seed, count) => {
        const parts = Array.from({ length: count }, (_, i) => floats(shape, seed + i));
        agrees(arithmetic, "AddN", parts);
        agrees(
          arithmetic,
          "AddN",
          parts.map((_, i) => integers(shape, seed + i)),
        );
      }),
    );
  });

  test("declines what it has no code for", () => {
    const [f, i, b] = [floats([3], 1), integers([3], 1), booleans([3], 1)];
    expect(ours(arithmetic, "RealDiv", { a: i, b: i })).toBeUndefined();
    expect(ours(arithmetic, "Add", { a: f, b: i })).toBeUndefined();
    expect(ours(arithmetic, "Add", { a: b, b })).toBeUndefined();
    expect(ours(arithmetic, "AddN", [f])).toBeUndefined();
    expect(ours(comparisons, "LogicalAnd", { a: f, b: f })).toBeUndefined();
  });

  test("shapes that do not broadcast are refused", () => {
    expect(() => ours(arithmetic, "Add", { a: floats([2], 1), b: floats([3], 1) })).toThrow(/could not be broadcast/);
  });
});

describe("comparison", () => {
  test.each(COMPARISONS)("%s of each type, broadcast", (name) => {
    fc.assert(
      fc.property(broadcastable, seeds, ([a, b], seed) => {
        const special = { special: true, scale: 1 };
        agrees(comparisons, name, { a: floats(a, seed, special), b: floats(b, seed + 1, special) });
        agrees(comparisons, name, { a: integers(a, seed, 2), b: integers(b, seed + 1, 2) });
        agrees(comparisons, name, { a: booleans(a, seed), b: booleans(b, seed + 1) });
      }),
      { numRuns: 60 },
    );
  });

  test("all of large tensors", () => {
    for (const [i, [a, b]] of LARGE.entries()) {
      agrees(comparisons, "Less", { a: floats(a, i), b: floats(b, i + 9) });
      if (i > 2) agrees(comparisons, "LogicalOr", { a: booleans(a, i), b: booleans(b, i + 9) });
    }
  });

  test("LogicalAnd, LogicalOr and LogicalNot", () => {
    fc.assert(
      fc.property(broadcastable, seeds, ([a, b], seed) => {
        const tensors = { a: booleans(a, seed), b: booleans(b, seed + 1) };
        agrees(comparisons, "LogicalAnd", tensors);
        agrees(comparisons, "LogicalOr", tensors);
        agrees(comparisons, "LogicalNot", { x: tensors.a });
      }),
    );
  });

  test("IsNan, IsFinite and IsInf", () => {
    fc.assert(
      fc.property(shapes(), seeds, (shape, seed) => {
        for (const name of ["IsNan", "IsFinite", "IsInf"])
          agrees(comparisons, name, { x: floats(shape, seed, { special: true }) });
      }),
    );
  });
});

describe("in TensorFlow.js", () => {
  /** Gradients of a small network with everything that training has: a hidden layer, a selection, a softmax. */
  function gradients(): number[] {
    const [w1, w2] = [floats([12, 16], 1), floats([16, 5], 2)].map(({ values, shape }) =>
      tf.tensor2d(Float32Array.from(values), shape as [number, number]),
    );
    const x = tf.tensor2d(Float32Array.from(floats([30, 12], 3).values), [30, 12]);
    const labels = tf.oneHot(tf.range(0, 30, 1, "int32").mod(tf.scalar(5, "int32")), 5);
    const chosen = x.slice([0, 0], [30, 1]).greater(0).tile([1, 16]);
    const loss = (first: tf.Tensor2D, second: tf.Tensor2D): tf.Scalar => {
      const hidden = tf
        .elu(tf.matMul(x, first))
        .sub(1)
        .mul(tf.sigmoid(tf.scalar(0.3)));
      const logits = tf.matMul(tf.where(chosen, hidden, hidden.square()), second);
      return labels.cast("float32").mul(tf.logSoftmax(logits)).sum(1).mean().neg().add(first.square().sum()).asScalar();
    };
    return tf
      .grads(loss as never)([w1!, w2!])
      .flatMap((gradient) => Array.from(gradient.dataSync()));
  }

  test("gradients are those of the pure JavaScript backend, and tidy leaves nothing", async () => {
    await tf.setBackend("cpu");
    const expected = tf.tidy(gradients);
    await tf.setBackend("simd");
    tf.tidy(gradients);
    const before = backend.memoryOfTensors.blocks;
    const actual = tf.tidy(gradients);
    expect(backend.memoryOfTensors.blocks).toBe(before);
    expect(actual).toHaveLength(12 * 16 + 16 * 5);
    for (const [i, value] of expected.entries()) expect(actual[i]).toBeCloseTo(value, 4);
  });
});
