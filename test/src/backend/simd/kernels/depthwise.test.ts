import "@tensorflow/tfjs-backend-cpu";
import { backend_util } from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { afterAll, expect, it } from "vitest";
import { depthwise } from "../../../../../src/backend/simd/kernels/depthwise.js";
import { Contract, numbers, worst, type Given } from "./two-threads.js";
import { channels, few, pad, side, type Pad } from "./windows.js";

const contract = new Contract();
afterAll(() => contract.close());

/** Of float32. */
const EPS = 2 ** -24;

interface Case {
  shape: [number, number, number, number];
  filter: [number, number, number, number];
  attrs: {
    strides: [number, number];
    dilations: [number, number];
    pad: Pad;
    dimRoundingMode?: "floor";
  };
  seed: number;
}

/** Strides or dilations, as TensorFlow.js allows them. */
const steps = fc.tuple(fc.boolean(), few, few).map(([dilates, ...far]) => {
  const near: [number, number] = [1, 1];
  return dilates ? { strides: near, dilations: far } : { strides: far, dilations: near };
});
const cases: fc.Arbitrary<Case> = fc
  .record({
    shape: fc.tuple(fc.integer({ min: 0, max: 3 }), side, side, channels),
    size: fc.tuple(few, few),
    multiplier: fc.constantFrom(1, 1, 2, 3),
    steps,
    pad,
    seed: fc.nat(),
  })
  .map(({ shape, size, multiplier, steps, pad, seed }): Case => ({
    shape,
    filter: [...size, shape[3], multiplier],
    attrs: { ...steps, pad, dimRoundingMode: "floor" },
    seed,
  }))
  .filter((given) => outShape(given).every((length, axis) => length > 0 || axis === 0));

function outShape({ shape, filter, attrs: { strides, dilations, pad, dimRoundingMode } }: Case): number[] {
  return backend_util.computeConv2DInfo(shape, filter, strides, dilations, pad, dimRoundingMode, true).outShape;
}

/** As large as whatever images of a model: enough for two threads. */
const LARGE: Case[] = [
  { shape: [4, 24, 24, 64], filter: [3, 3, 64, 1], attrs: plain([1, 1]), seed: 1 },
  { shape: [3, 25, 23, 36], filter: [3, 3, 36, 1], attrs: plain([2, 2]), seed: 2 },
  { shape: [2, 16, 16, 24], filter: [5, 5, 24, 2], attrs: plain([1, 1]), seed: 3 },
];

function plain(strides: [number, number]): Case["attrs"] {
  return { strides, dilations: [1, 1], pad: "same" };
}

const run = (name: string, given: Readonly<Record<string, Given>>, attrs: object) =>
  contract.check(name, depthwise[name]!, given, attrs);

function everyCase(test: (given: Case) => void): void {
  fc.assert(fc.property(cases, test), { numRuns: 150 });
  LARGE.forEach(test);
}

/** Products that a number is the sum of, each below 1: as many roundings of a sum as large. */
const rounding = (products: number) => () => EPS * (products + 2) * products;

it("DepthwiseConv2dNative is TensorFlow.js's, but for rounding", () => {
  everyCase(({ shape, filter, attrs, seed }) => {
    const given = { x: numbers(shape, seed), filter: numbers(filter, seed + 1) };
    const { ours, cpu } = run("DepthwiseConv2dNative", given, attrs);
    expect(worst(ours, cpu, rounding(filter[0] * filter[1]))).toBeLessThan(1);
  });
});

it("DepthwiseConv2dNativeBackpropInput is TensorFlow.js's, but for rounding", () => {
  everyCase((whole) => {
    const { shape, filter, seed } = whole;
    // TensorFlow.js has no gradient of dilated ones.
    const one: Case = { ...whole, attrs: { ...whole.attrs, dilations: [1, 1] } };
    fc.pre(outShape(one).every((length, axis) => length > 0 || axis === 0));
    const given = { dy: numbers(outShape(one), seed), filter: numbers(filter, seed + 1) };
    const { ours, cpu } = run("DepthwiseConv2dNativeBackpropInput", given, { ...one.attrs, inputShape: shape });
    expect(worst(ours, cpu, rounding(filter[0] * filter[1] * filter[3]))).toBeLessThan(1);
  });
});

it("DepthwiseConv2dNativeBackpropFilter is TensorFlow.js's, but for rounding", () => {
  everyCase((whole) => {
    const { shape, filter, seed } = whole;
    const one: Case = { ...whole, attrs: { ...whole.attrs, dilations: [1, 1] } };
    const out = outShape(one);
    fc.pre(out.every((length, axis) => length > 0 || axis === 0));
    const given = { x: numbers(shape, seed), dy: numbers(out, seed + 1) };
    const { ours, cpu } = run("DepthwiseConv2dNativeBackpropFilter", given, { ...one.attrs, filterShape: filter });
    const [batch, height, width] = out as [number, number, number];
    // A row of products, rows of a part, and parts: sums of as many products as there are pixels.
    const roundings = width + Math.ceil((batch * height) / 64) + 2;
    expect(worst(ours, cpu, () => EPS * roundings * Math.max(1, batch * height * width))).toBeLessThan(1);
  });
});

it("a NaN is in the windows that it lies in, and in no other", () => {
  const x = numbers([1, 8, 8, 5], 3);
  x.values[(3 * 8 + 3) * 5 + 2] = NaN;
  const given = { x, filter: numbers([3, 3, 5, 1], 4) };
  const { ours, cpu } = run("DepthwiseConv2dNative", given, plain([1, 1]));
  expect(worst(ours, cpu, rounding(9))).toBeLessThan(1);
  expect(ours.filter(Number.isNaN)).toHaveLength(9);
});

it.each([
  ["integers", { x: { shape: [1, 2, 2, 1], values: Int32Array.of(1, 2, 3, 4) } }, {}],
  ["channels that are not the filter's (NCHW)", { x: numbers([1, 2, 4, 4], 1), filter: numbers([1, 1, 2, 1], 2) }, {}],
  ["strides with dilations", {}, { strides: [2, 2], dilations: [2, 2] }],
  ["a stride that is no whole number", {}, { strides: [1.5, 1.5] }],
  ["a dilation below one", {}, { dilations: [-1, -1], pad: 0 }],
  ["windows larger than the image", { filter: numbers([5, 5, 1, 1], 2) }, { pad: "valid" }],
  [
    "a padding beyond 32 bits",
    {},
    {
      strides: [2 ** 30, 1],
      pad: [
        [0, 0],
        [2 ** 31 - 4, 2 ** 31 - 4],
        [0, 0],
        [0, 0],
      ],
    },
  ],
] as const)("leaves %s to TensorFlow.js", (_, given, attrs) => {
  const usual = { x: numbers([1, 4, 4, 1], 1), filter: numbers([2, 2, 1, 1], 2) };
  const kernel = depthwise["DepthwiseConv2dNative"]!;
  expect(contract.leaves(kernel, usual, plain([1, 1]))).toBe(false);
  expect(contract.leaves(kernel, { ...usual, ...given }, { ...plain([1, 1]), ...attrs })).toBe(true);
});
