import { expect, test } from "vitest";
import { candidates } from "../../../../src/backend/webgpu/tune.js";

const LIMITS = { threads: 1024, bytes: 49_152 };
const LARGEST = 2 ** 32;
const shape = { height: 128, width: 128, inHeight: 128, inWidth: 128, inChannels: 64, outChannels: 64, stride: 1 };

test("cuts are measured whose groups a grid can have, those that promise most", () => {
  const plan = { ...shape, isTransposed: false, prologue: "raw", epilogue: "sums" } as const;
  const few = candidates({ kind: "convolution", plan, batch: 4 }, LIMITS, LARGEST, 8);
  const many = candidates({ kind: "convolution", plan, batch: 512 }, LIMITS, LARGEST, 8);
  expect(many).toHaveLength(8);
  for (const { grid } of many) expect(grid[0]).toBeLessThanOrEqual(65_535);
  expect(few.map(({ tile }) => tile)).toContainEqual(many[0]!.tile);
  expect(candidates({ kind: "convolution", plan, batch: 65_536 }, LIMITS, 2 ** 60, 8)).toEqual([]);
});

test("cuts are measured whose buffers the GPU can have", () => {
  const plan = { ...shape, prologue: "raw", isBehindBatchNorm: true } as const;
  const work = { kind: "filter gradient", plan, batch: 16 } as const;
  const all = candidates(work, LIMITS, LARGEST, Infinity);
  const most = Math.max(...all.map(({ bytes }) => bytes["parts"]!));
  const fewer = candidates(work, LIMITS, most - 1, Infinity);
  expect(fewer.length).toBeGreaterThan(0);
  expect(fewer.length).toBeLessThan(all.length);
});
