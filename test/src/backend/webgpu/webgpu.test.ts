import { expect, test } from "vitest";
import { onGpu, parity, vulkan, WHY_SKIPPED } from "./software.js";

const TEXTS = [
  "convolution 3 x 3, 2 of",
  "pool",
  "NaN that stay",
  "products",
  "cross-entropy",
  "SGD",
  "moving averages",
  "augmentation",
  "numbers",
  "disposed of",
  "another variable is assigned",
  "steps that are not recorded",
  "numbers on the GPU",
  "no images",
  "of nothing",
  "trouble",
];

/** All of it: webgpu.long.test.ts. */
test.skipIf(!vulkan())(
  `operations on WebGPU are their compositions${vulkan() ? "" : `: skipped, ${WHY_SKIPPED}`}`,
  { timeout: 600_000 },
  () => {
    const cases = parity(TEXTS, 300_000);
    expect(cases.filter(({ ok }) => !ok)).toEqual([]);
    expect(cases.length).toBeGreaterThan(15);
  },
);

test("programs for matrices of subgroups compile for the GPUs that have them", () => {
  const { stdout, stderr } = onGpu("test/contracts/webgpu-compile.mjs", [], 100_000);
  expect(stdout + stderr).toMatch(/"programs":[1-9]\d{2},"failed":0/u);
});
