import { backend_util } from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Attributes } from "../../../../../src/backend/simd/kernel.js";
import { conversion } from "../../../../../src/backend/simd/kernels/conversion.js";
import { unary } from "../../../../../src/backend/simd/kernels/unary.js";
import {
  agrees,
  booleans,
  distance,
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

/** Units in the last place by which each may differ from the double that TensorFlow.js rounds; what is exact is 0. */
const ULPS: [name: string, ulps: number, attrs?: Attributes][] = [
  ["Relu", 0],
  ["Relu6", 0],
  ["Abs", 0],
  ["Neg", 0],
  ["Square", 0],
  ["Sqrt", 0],
  ["Reciprocal", 0],
  ["Sign", 0],
  ["Floor", 0],
  ["Ceil", 0],
  ["Round", 0],
  ["Step", 0, { alpha: 0.25 }],
  ["ClipByValue", 0, { clipValueMin: -1.25, clipValueMax: 0.1 }],
  ["LeakyRelu", 1, { alpha: 0.2 }],
  ["Rsqrt", 2],
  ["Exp", 2],
  ["Log", 2],
  ["Log1p", 2],
  ["Expm1", 2],
  ["Tanh", 2],
  ["Sigmoid", 3],
  ["Softplus", 3],
];

/** Every 65 521st bit pattern of a float32: all exponents, both signs, subnormal numbers, infinities and NaN. */
const EVERYWHERE: Given = (() => {
  const words = Uint32Array.from({ length: 65_551 }, (_, i) => i * 65_521);
  words.set([0x7f800000, 0xff800000, 0x7fc00000, 0x80000000, 1, 0x80000001]);
  return { shape: [words.length], dtype: "float32", values: new Float32Array(words.buffer) };
})();

/** Evenly between -110 and 110, where the functions have their shape. */
const AROUND: Given = (() => {
  const values = Float32Array.from({ length: 60_003 }, (_, i) => (i / 30_001 - 1) ** 3 * 110);
  return { shape: [3, 20_001], dtype: "float32", values };
})();

describe("unary", () => {
  test.each<[name: string, ulps: number, attrs?: Attributes]>(ULPS)(
    "%s within %d ulp of TensorFlow.js",
    (name, ulps, attrs) => {
      agrees(unary, name, { x: EVERYWHERE }, attrs, ulps);
      agrees(unary, name, { x: AROUND }, attrs, ulps);
      fc.assert(
        fc.property(shapes(), seeds, (shape, seed) => {
          agrees(unary, name, { x: floats(shape, seed, { special: true }) }, attrs, ulps);
        }),
        { numRuns: 20 },
      );
    },
  );

  // TensorFlow.js's exp(x) - 1 loses all digits of small numbers; the true value is the measure.
  test.each<[name: string, scale: number, scaleAlpha: number, ulps: number]>([
    ["Elu", 1, 1, 2],
    ["Selu", backend_util.SELU_SCALE, backend_util.SELU_SCALEALPHA, 3],
  ])("%s, scaled by %d and %d, within %d ulp of the true value", (name, scale, scaleAlpha, ulps) => {
    for (const x of [EVERYWHERE, AROUND]) {
      const [{ values }] = ours(unary, name, { x }) as [Given];
      for (let i = 0; i < values.length; i++) {
        const given = x.values[i]!;
        const expected = given >= 0 ? scale * given : scaleAlpha * Math.expm1(given);
        if (!(distance(values[i]!, Math.fround(expected)) <= ulps))
          expect.fail(`${name} of ${given} is ${values[i]}, expected ${expected}`);
      }
    }
    const whole: Given = { shape: [9], dtype: "float32", values: [-4, -3, -2, -1, 0, 1, 2, NaN, Infinity] };
    agrees(unary, name, { x: whole }, {}, ulps);
  });

  test.each([2, 0.5, 1, -1])("Pow by %d", (exponent) => {
    const b: Given = { shape: [], dtype: "float32", values: [exponent] };
    for (const a of [EVERYWHERE, AROUND]) agrees(unary, "Pow", { a, b }, {}, 1);
  });

  test("declines other types and exponents", () => {
    for (const [name, , attrs] of ULPS) expect(ours(unary, name, { x: integers([5], 1) }, attrs)).toBeUndefined();
    const a = floats([5], 1);
    expect(ours(unary, "Pow", { a, b: { shape: [], dtype: "float32", values: [1.7] } })).toBeUndefined();
    expect(ours(unary, "Pow", { a, b: a })).toBeUndefined();
  });
});

describe("conversion", () => {
  test("Cast of float32 truncates, beyond int32 modulo 2^32", () => {
    for (const x of [EVERYWHERE, AROUND])
      for (const dtype of ["int32", "bool", "float32"]) agrees(conversion, "Cast", { x }, { dtype });
  });

  test("Cast to wider types converts the numbers themselves", () => {
    fc.assert(
      fc.property(shapes(), seeds, (shape, seed) => {
        for (const x of [integers(shape, seed, 2), booleans(shape, seed)])
          for (const dtype of ["int32", "bool", "float32"] as const) {
            const [cast] = ours(conversion, "Cast", { x }, { dtype })!;
            const boolean = dtype === "bool" ? Array.from(x.values, (value) => Number(value !== 0)) : x.values;
            expect(cast).toMatchObject({ shape, dtype });
            expect(Array.from(cast!.values)).toEqual(Array.from(boolean, (value) => value + 0));
            const Type = { int32: Int32Array, bool: Uint8Array, float32: Float32Array }[dtype];
            expect(cast!.values).toBeInstanceOf(Type);
          }
      }),
      { numRuns: 50 },
    );
  });

  test("Fill, ZerosLike and OnesLike", () => {
    fc.assert(
      fc.property(shapes(), seeds, (shape, seed) => {
        for (const x of [floats(shape, seed), integers(shape, seed), booleans(shape, seed)]) {
          agrees(conversion, "ZerosLike", { x });
          agrees(conversion, "OnesLike", { x });
          agrees(conversion, "Fill", {}, { shape, value: x.dtype === "bool" ? 1 : -3.7, dtype: x.dtype });
        }
      }),
      { numRuns: 50 },
    );
    agrees(conversion, "Fill", {}, { shape: [300, 301], value: 0.1 });
    for (const value of [NaN, Infinity]) agrees(conversion, "Fill", {}, { shape: [3], value, dtype: "float32" });
    expect(ours(conversion, "Fill", {}, { shape: [2], value: "a", dtype: "string" })).toBeUndefined();
  });

  test("Select", () => {
    fc.assert(
      fc.property(shapes(), seeds, (shape, seed) => {
        const condition = booleans(shape, seed);
        const special = { special: true };
        agrees(conversion, "Select", { condition, t: floats(shape, seed + 1, special), e: floats(shape, seed + 2) });
        agrees(conversion, "Select", { condition, t: integers(shape, seed + 1), e: integers(shape, seed + 2) });
      }),
      { numRuns: 50 },
    );
    const large = [101, 503];
    agrees(conversion, "Select", { condition: booleans(large, 1), t: floats(large, 2), e: floats(large, 3) });
    const rowwise = { condition: booleans([3], 1), t: floats([3, 4], 1), e: floats([3, 4], 2) };
    expect(ours(conversion, "Select", rowwise)).toBeUndefined();
    expect(theirs("Select", rowwise)).toHaveLength(1);
  });
});
