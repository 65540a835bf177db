import { describe, expect, test } from "vitest";
import { parity, vulkan, WHY_SKIPPED } from "./software.js";

describe.skipIf(!vulkan())(`WebGPU${vulkan() ? "" : ` (skipped: ${WHY_SKIPPED})`}`, () => {
  test.each([
    ["residual block", 6],
    ["convolution", 6],
    ["ResNet-32 against PyTorch", 6],
    ["recorded steps", 2],
  ])("%s: %d cases within their limits", (text, count) => {
    const cases = parity([text], 500_000);
    expect(cases.filter(({ ok }) => !ok)).toEqual([]);
    expect(cases).toHaveLength(count);
  });
});
