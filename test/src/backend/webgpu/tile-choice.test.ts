import { expect, test } from "vitest";
import { keyOf, promising, TileChoice } from "../../../../src/backend/webgpu/tile-choice.js";

const LIMITS = { threads: 256, bytes: 32_768 };
const shape = {
  ...{
    height: 16,
    width: 16,
    inHeight: 16,
    inWidth: 16,
    inChannels: 32,
    outChannels: 32,
    stride: 1,
    isTransposed: false,
  },
  ...({ prologue: "raw", epilogue: "none" } as const),
};
const half = { ...shape, isHalf: true, matrix: { m: 8, n: 8, k: 8, lanes: 32 } } as const;

test("work is cut for matrices where the GPU multiplies them, else for numbers", () => {
  const choice = new TileChoice(LIMITS);
  expect(choice.convolution(half, 4)).toHaveProperty("subgroups");
  expect(choice.convolution(shape, 4)).toHaveProperty("pixels");
  const [matrices, numbers] = promising({ kind: "convolution", plan: half, batch: 4 }, LIMITS);
  expect(matrices!.every((tile) => "subgroups" in tile)).toBe(true);
  expect(numbers!.every((tile) => "pixels" in tile)).toBe(true);
});

test("where no cut for matrices fits, one for numbers is taken; where none fits, none", () => {
  const few = { threads: 256, bytes: 2_000 };
  const fitting = promising({ kind: "convolution", plan: half, batch: 4 }, few);
  expect(fitting[0]).toEqual([]);
  expect(new TileChoice(few).convolution(half, 4)).toEqual(fitting[1]![0]);
  expect(new TileChoice({ threads: 1, bytes: 16 }).convolution(half, 4)).toBeUndefined();
});

test("what was measured is taken from then on, and is not asked for again", () => {
  const choice = new TileChoice(LIMITS);
  const tile = choice.convolution(half, 4)!;
  expect(choice.unmeasured).toEqual([{ kind: "convolution", plan: half, batch: 4 }]);
  const other = { ...tile, rows: 1 };
  choice.set(keyOf({ kind: "convolution", plan: half }), other);
  expect(choice.convolution(half, 4)).toBe(other);
  expect(choice.unmeasured).toEqual([]);
});
