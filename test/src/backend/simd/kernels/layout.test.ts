import { util } from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { concatenation } from "../../../../../src/backend/simd/kernels/concatenation.js";
import { layout } from "../../../../../src/backend/simd/kernels/layout.js";
import { slices } from "../../../../../src/backend/simd/kernels/slice.js";
import {
  agrees,
  booleans,
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

/** A tensor of each type in turn. */
function any(shape: readonly number[], seed: number): Given {
  return [floats, integers, booleans][seed % 3]!(shape, seed);
}

/** As many numbers below 1 as a shape has dimensions, for choices that depend on it. */
function choices(shape: readonly number[]): fc.Arbitrary<number[]> {
  const share = fc.integer({ min: 0, max: 999 }).map((thousandths) => thousandths / 1000);
  return fc.array(share, { minLength: shape.length, maxLength: shape.length });
}

const chosen = shapes().chain((shape) => fc.tuple(fc.constant(shape), choices(shape), choices(shape), seeds));
const chosenOf1 = shapes({ min: 1 }).chain((shape) =>
  fc.tuple(fc.constant(shape), choices(shape), choices(shape), seeds),
);

describe("slices", () => {
  test("Slice", () => {
    fc.assert(
      fc.property(chosenOf1, ([shape, from, part, seed]) => {
        const begin = shape.map((size, i) => Math.floor(size * from[i]!));
        const size = shape.map((n, i) => Math.ceil((n - begin[i]!) * part[i]!));
        agrees(slices, "Slice", { x: any(shape, seed) }, { begin, size });
      }),
      { numRuns: 150 },
    );
    agrees(slices, "Slice", { x: floats([300, 7, 41], 1) }, { begin: [100, 0, 0], size: [150, -1, -1] });
    agrees(slices, "Slice", { x: floats([300, 7, 41], 1) }, { begin: [1, 2, 3], size: [298, 4, 33] });
  });

  test("StridedSlice with steps of both signs and masks", () => {
    fc.assert(
      fc.property(chosenOf1, fc.nat({ max: 31 }), fc.nat({ max: 31 }), ([shape, from, steps, seed], ends, shrink) => {
        if (util.sizeFromShape(shape) === 0) return;
        const strides = steps.map((share) => (seed % 2 ? 1 : [-3, -2, -1, 1, 2, 3][Math.floor(share * 6)]!));
        const begin = shape.map((size, i) => Math.floor(size * from[i]!));
        const end = shape.map((size, i) => (strides[i]! > 0 ? size : -size - 1));
        // TensorFlow.js's own is wrong where axes are shrunk beside steps.
        const shrinkAxisMask = strides.every((step) => step === 1) ? shrink : 0;
        const masks = { beginMask: ends >> 2, endMask: ends, ellipsisMask: 0, newAxisMask: 0, shrinkAxisMask };
        agrees(slices, "StridedSlice", { x: any(shape, seed) }, { begin, end, strides, ...masks });
      }),
      { numRuns: 150 },
    );
  });

  test("StridedSlice of one column, in steps", () => {
    const x: Given = { shape: [4, 3], dtype: "int32", values: Array.from({ length: 12 }, (_, i) => i) };
    const masks = { beginMask: 1, endMask: 1, ellipsisMask: 0, newAxisMask: 0, shrinkAxisMask: 2 };
    const [column] = ours(slices, "StridedSlice", { x }, { begin: [0, 1], end: [0, 2], strides: [2, 1], ...masks })!;
    expect(column!.shape).toEqual([2]);
    expect(Array.from(column!.values)).toEqual([1, 7]);
  });

  test("SplitV and Unpack", () => {
    fc.assert(
      fc.property(chosenOf1, ([shape, [share], , seed]) => {
        const axis = Math.floor(share! * shape.length);
        const size = shape[axis]!;
        const first = Math.floor(size * share!);
        agrees(slices, "SplitV", { x: any(shape, seed) }, { numOrSizeSplits: [first, 0, size - first], axis });
        if (size > 0) agrees(slices, "SplitV", { x: any(shape, seed) }, { numOrSizeSplits: size, axis });
        agrees(slices, "Unpack", { value: any(shape, seed) }, { axis: share! < 0.5 ? axis : axis - shape.length });
      }),
    );
  });

  test("a slice beyond the tensor is refused", () => {
    const x = floats([3, 4], 1);
    expect(() => ours(slices, "Slice", { x }, { begin: [2, 0], size: [2, 4] })).toThrow(/begin\[0\] \+ size\[0\]/);
  });
});

describe("concatenation", () => {
  test("Concat along each axis, empty tensors among the parts", () => {
    fc.assert(
      fc.property(chosenOf1, fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 4 }), (some, lengths) => {
        const [shape, [share], , seed] = some;
        const axis = Math.floor(share! * shape.length);
        const part = (size: number, i: number): Given => {
          const { values, dtype } = any(shape.with(axis, size), seed);
          return {
            shape: shape.with(axis, size),
            dtype,
            values: Array.from(values, (v) => (dtype === "bool" ? v : v + i)),
          };
        };
        agrees(concatenation, "Concat", lengths.map(part), { axis: share! < 0.5 ? axis : axis - shape.length });
      }),
    );
    const large = [floats([900, 40], 1), floats([900, 1], 2), floats([900, 33], 3)];
    agrees(concatenation, "Concat", large, { axis: 1 });
    expect(ours(concatenation, "Concat", [floats([2], 1), integers([2], 1)], { axis: 0 })).toBeUndefined();
  });

  test("Pack at each axis", () => {
    fc.assert(
      fc.property(shapes({ max: 4 }), seeds, fc.nat(), fc.integer({ min: 1, max: 4 }), (shape, seed, place, count) => {
        const parts = Array.from({ length: count }, (_, i) => any(shape, seed + 3 * i));
        agrees(concatenation, "Pack", parts, { axis: place % (shape.length + 1) });
      }),
    );
  });
});

describe("layout", () => {
  test("PadV2", () => {
    fc.assert(
      fc.property(chosen, ([shape, before, after, seed]) => {
        const paddings = shape.map((_, i) => [Math.floor(before[i]! * 3), Math.floor(after[i]! * 3)]);
        const x = any(shape, seed);
        const constantValue = x.dtype === "bool" ? seed % 2 : (seed % 5) - 2;
        agrees(layout, "PadV2", { x }, { paddings, constantValue });
      }),
    );
    const paddings = [0, 4, 4, 0].map((width) => [width, width]);
    agrees(layout, "PadV2", { x: floats([9, 32, 32, 3], 1) }, { paddings, constantValue: 0 });
  });

  test("Tile", () => {
    fc.assert(
      fc.property(
        shapes({ max: 3 }).chain((shape) => fc.tuple(fc.constant(shape), choices(shape), seeds)),
        (some) => {
          const [shape, shares, seed] = some;
          const reps = shares.map((share) => Math.floor(share * 4));
          if (util.sizeFromShape(shape) > 1000 && Math.max(...reps) > 2) return;
          agrees(layout, "Tile", { x: any(shape, seed) }, { reps });
        },
      ),
    );
    agrees(layout, "Tile", { x: floats([1, 1, 70], 1) }, { reps: [30, 20, 1] });
  });

  test("Transpose by every order", () => {
    fc.assert(
      fc.property(chosen, ([shape, order, , seed]) => {
        const perm = [...shape.keys()].sort((a, b) => order[a]! - order[b]!);
        agrees(layout, "Transpose", { x: any(shape, seed) }, { perm });
      }),
      { numRuns: 150 },
    );
  });

  test.each([
    [
      [401, 203],
      [1, 0],
    ],
    [
      [5, 31, 33, 17],
      [0, 3, 1, 2],
    ],
    [
      [5, 17, 31, 33],
      [0, 2, 3, 1],
    ],
    [
      [31, 33, 37],
      [2, 1, 0],
    ],
    [
      [20, 30, 7, 16],
      [1, 0, 2, 3],
    ],
  ])("Transpose of %j by %j", (shape, perm) => {
    agrees(layout, "Transpose", { x: floats(shape, 1) }, { perm });
    agrees(layout, "Transpose", { x: booleans(shape, 1) }, { perm });
  });

  test("Reverse", () => {
    fc.assert(
      fc.property(chosen, ([shape, share, , seed]) => {
        const dims = [...shape.keys()]
          .filter((i) => share[i]! < 0.5)
          .map((i) => (share[i]! < 0.2 ? i : i - shape.length));
        agrees(layout, "Reverse", { x: any(shape, seed) }, { dims });
      }),
    );
  });

  test("GatherV2 along each axis, in batches", () => {
    fc.assert(
      fc.property(chosenOf1, fc.nat({ max: 6 }), ([shape, [share, ...more], , seed], count) => {
        const axis = Math.floor(share! * shape.length);
        const batchDims = Math.min(axis, Math.floor((more[0] ?? 0) * 3));
        const places = [...shape.slice(0, batchDims), count, 2];
        const length = Math.max(1, shape[axis]!);
        if (shape[axis] === 0 || shape.slice(0, batchDims).includes(0)) return;
        const { values } = integers(places, seed, 1000);
        const indices: Given = {
          shape: places,
          dtype: "int32",
          values: Array.from(values, (v) => Math.abs(v) % length),
        };
        agrees(layout, "GatherV2", { x: any(shape, seed), indices }, { axis, batchDims });
      }),
      { numRuns: 200 },
    );
    const indices: Given = {
      shape: [500],
      dtype: "int32",
      values: Array.from({ length: 500 }, (_, i) => (i * 7) % 90),
    };
    agrees(layout, "GatherV2", { x: floats([90, 11, 9], 1), indices }, { axis: 0, batchDims: 0 });
  });

  test("places out of range are left to TensorFlow.js, which refuses them", () => {
    for (const place of [-1, 3]) {
      const tensors = { x: floats([3, 2], 1), indices: { shape: [1], dtype: "int32", values: [place] } as const };
      expect(ours(layout, "GatherV2", tensors, { axis: 0, batchDims: 0 })).toBeUndefined();
      expect(() => theirs("GatherV2", tensors, { axis: 0, batchDims: 0 })).toThrow(/not in \[0, 2\]/);
    }
  });

  test("OneHot; places out of range are all off", () => {
    fc.assert(
      fc.property(shapes({ max: 3 }), seeds, fc.integer({ min: 1, max: 9 }), (shape, seed, depth) => {
        for (const dtype of ["float32", "int32", "bool"])
          agrees(layout, "OneHot", { indices: integers(shape, seed) }, { dtype, depth, onValue: 1, offValue: 0 });
        const smooth = { dtype: "float32", depth, onValue: 0.9, offValue: 0.1 };
        agrees(layout, "OneHot", { indices: integers(shape, seed) }, smooth);
      }),
      { numRuns: 50 },
    );
  });

  test("Reshape, ExpandDims and Identity share the numbers", () => {
    const x = floats([4, 6], 1);
    agrees(layout, "Reshape", { x }, { shape: [3, -1] });
    for (const dim of [0, 1, 2, -1, -3]) agrees(layout, "ExpandDims", { input: x }, { dim });
    agrees(layout, "Identity", { x });
    for (const reshaped of [theirs.bind(null, "Reshape"), ours.bind(null, layout, "Reshape")])
      expect(() => reshaped({ x }, { shape: [5, 5] })).toThrow(/must match the product/);
  });
});
