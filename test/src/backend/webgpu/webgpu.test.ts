import { expect, test } from "vitest";
import { parity, vulkan, WHY_SKIPPED } from "./software.js";

const TEXTS = ["convolution 3 x 3, 2 of", "pool", "cross-entropy", "SGD", "moving averages", "augmentation", "numbers"];

/** All of it: webgpu.long.test.ts. */
test.skipIf(!vulkan())(
  `operations on WebGPU are their compositions${vulkan() ? "" : `: skipped, ${WHY_SKIPPED}`}`,
  { timeout: 600_000 },
  () => {
    const cases = parity(TEXTS, 300_000);
    expect(cases.filter(({ ok }) => !ok)).toEqual([]);
    expect(cases.length).toBeGreaterThan(12);
  },
);
