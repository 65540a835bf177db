import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Attributes } from "../../../../../src/backend/simd/kernel.js";
import { convolution } from "../../../../../src/backend/simd/kernels/convolution.js";
import {
  agrees,
  floats,
  ours,
  seeds,
  theirs,
  threadsEnded,
  threadsStarted,
  type Given,
  type Result,
} from "./contract.js";

beforeAll(threadsStarted);
afterAll(threadsEnded);

/** A convolution, its numbers small enough for TensorFlow.js's pure JavaScript. */
interface Case {
  readonly x: readonly number[];
  readonly filter: readonly number[];
  readonly attrs: Attributes;
}

const size = fc.integer({ min: 1, max: 13 });
const channels = fc.integer({ min: 1, max: 19 });
const side = fc.constantFrom(1, 2, 3, 3, 3, 4, 5);

const cases: fc.Arbitrary<Case> = fc
  .record({
    batch: fc.integer({ min: 1, max: 5 }),
    height: size,
    width: size,
    from: channels,
    to: channels,
    kernel: fc.tuple(side, side),
    strides: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
    dilated: fc.integer({ min: 1, max: 5 }),
    pad: fc.oneof(
      fc.constantFrom("same", "valid"),
      fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 4, maxLength: 4 }),
    ),
  })
  .map(({ batch, height, width, from, to, kernel, strides, dilated, pad }) => {
    const [top, bottom, left, right] = (Array.isArray(pad) ? pad : []) as [number, number, number, number];
    const explicit = Array.isArray(pad)
      ? [
          [0, 0],
          [top, bottom],
          [left, right],
          [0, 0],
        ]
      : pad;
    // TensorFlow.js takes strides or dilations above 1, not both.
    const dilation = dilated === 5 && strides[0] * strides[1] === 1 ? 2 : 1;
    return {
      x: [batch, height, width, from],
      filter: [...kernel, from, to],
      attrs: { strides, pad: explicit, dataFormat: "NHWC", dilations: [dilation, dilation] } as never,
    };
  })
  .filter(({ x, filter, attrs }) => {
    const { pad, dilations } = attrs as { pad: unknown; dilations: number[] };
    const [up, along] = [0, 1].map((i) => (filter[i]! - 1) * dilations[0]! + 1);
    const added = (i: number): number => (Array.isArray(pad) ? (pad as number[][])[i]!.reduce((a, b) => a + b, 0) : 0);
    return pad === "same" || (x[1]! + added(1) >= up! && x[2]! + added(2) >= along!);
  });

/** Those of training: every path, among them Winograd's with tiles that do not fill the image. */
const TYPICAL: readonly Case[] = (
  [
    [[4, 32, 32, 3], 3, 16, 1, "same"],
    [[3, 16, 16, 16], 3, 24, 1, "same"],
    [[17, 8, 8, 16], 3, 16, 1, "same"],
    [[2, 30, 21, 12], 3, 20, 1, "valid"],
    [[1, 40, 40, 8], 3, 8, 1, "same"],
    [[2, 32, 32, 16], 3, 32, 2, "same"],
    [
      [2, 15, 15, 16],
      3,
      32,
      2,
      [
        [0, 0],
        [1, 1],
        [1, 1],
        [0, 0],
      ],
    ],
    [[2, 14, 14, 24], 1, 40, 1, "valid"],
    [[2, 21, 21, 3], 7, 12, 2, "same"],
  ] as const
).map(([x, kernel, to, stride, pad]) => ({
  x,
  filter: [kernel, kernel, x[3], to],
  attrs: { strides: [stride, stride], pad, dataFormat: "NHWC", dilations: 1 },
}));

const EPSILON = 2 ** -23;
/** Relative L2 error: of a few dozen products directly; Winograd's transforms multiply rounding errors by some ten. */
const LIMIT = 16 * EPSILON;

function distance([actual]: readonly Result[], [expected]: readonly Result[]): number {
  expect(actual!.shape).toEqual(expected!.shape);
  let [difference, norm] = [0, 0];
  for (let i = 0; i < expected!.values.length; i++) {
    difference += (actual!.values[i]! - expected!.values[i]!) ** 2;
    norm += expected!.values[i]! ** 2;
  }
  return Math.sqrt(difference / (norm || 1));
}

/** Forward and both gradients against TensorFlow.js's JavaScript, which adds up in double precision. */
function check({ x, filter, attrs }: Case, seed: number): void {
  const [input, weights] = [floats(x, seed), floats(filter, seed + 1)];
  const forward = { x: input, filter: weights };
  const expected = theirs("Conv2D", forward, attrs);
  const actual = ours(convolution, "Conv2D", forward, attrs);
  if (!actual) {
    expect(expected[0]!.values.length === 0 || attrs["pad"] !== "same").toBe(true);
    return;
  }
  expect(distance(actual, expected)).toBeLessThan(LIMIT);
  if ((attrs["dilations"] as number[] | 1) !== 1 && (attrs["dilations"] as number[])[0] !== 1) return;
  const dy = floats(expected[0]!.shape, seed + 2);
  for (const [name, inputs, more] of [
    ["Conv2DBackpropInput", { dy, filter: weights }, { inputShape: x }],
    ["Conv2DBackpropFilter", { x: input, dy }, { filterShape: filter }],
  ] as const) {
    const all = { ...attrs, ...more } as never;
    expect(distance(ours(convolution, name, inputs, all)!, theirs(name, inputs, all)), name).toBeLessThan(LIMIT);
  }
}

describe("convolutions and their gradients, the same bits on one thread and on four", () => {
  test.each(TYPICAL)("$x with $filter, $attrs.strides, $attrs.pad", (one) => check(one, 1));

  test("any size, kernel, stride, dilation and padding", () => {
    fc.assert(fc.property(cases, seeds, check), { numRuns: 150 });
  });

  test("declined in NCHW and for integers, which TensorFlow.js's JavaScript computes", () => {
    const attrs = { strides: [1, 1], pad: "same", dataFormat: "NCHW", dilations: 1 } as never;
    const given = { x: floats([1, 3, 4, 4], 1), filter: floats([3, 3, 3, 4], 2) };
    expect(ours(convolution, "Conv2D", given, attrs)).toBeUndefined();
    const whole: Given = { ...floats([1, 4, 4, 3], 1), dtype: "int32" };
    expect(
      ours(convolution, "Conv2D", { ...given, x: whole }, { ...(attrs as object), dataFormat: "NHWC" }),
    ).toBeUndefined();
  });

  test("of NaN reach what they touch and nothing else", () => {
    const x = floats([1, 12, 12, 8], 1);
    const values = Array.from(x.values);
    values[0] = NaN;
    const given = { x: { ...x, values }, filter: floats([3, 3, 8, 8], 2) };
    const attrs = { strides: [1, 1], pad: "same", dataFormat: "NHWC", dilations: 1 } as never;
    const [made] = ours(convolution, "Conv2D", given, attrs)!;
    const pixels = Array.from({ length: 144 }, (_, i) => Number.isNaN(made!.values[i * 8]!));
    expect(pixels[0]).toBe(true);
    // Winograd computes 4x4 pixels together: the tile of the NaN may be lost, no more.
    pixels.forEach((lost, i) => expect(lost && (i % 12 >= 4 || Math.floor(i / 12) >= 4)).toBe(false));
  });
});

describe("convolution with bias and ReLU", () => {
  test.each(["linear", "relu"])("%s", (activation) => {
    const attrs = { strides: [1, 1], pad: "same", dataFormat: "NHWC", dilations: 1, activation } as never;
    const given = { x: floats([2, 9, 9, 5], 1), filter: floats([3, 3, 5, 8], 2), bias: floats([8], 3) };
    const [actual, expected] = [ours(convolution, "FusedConv2D", given, attrs)!, theirs("FusedConv2D", given, attrs)];
    expect(distance(actual, expected)).toBeLessThan(LIMIT);
  });

  test("1x1 kernels are exact sums where sums are exact", () => {
    const whole = (shape: number[], seed: number): Given => {
      const given = floats(shape, seed, { scale: 8 });
      return { ...given, values: Array.from(given.values, Math.round) };
    };
    const attrs = { strides: [1, 1], pad: "valid", dataFormat: "NHWC", dilations: 1 } as never;
    agrees(convolution, "Conv2D", { x: whole([2, 5, 5, 6], 1), filter: whole([1, 1, 6, 7], 2) }, attrs);
  });
});
