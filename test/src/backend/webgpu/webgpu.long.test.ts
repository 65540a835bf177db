import { describe, expect, test } from "vitest";
import { onGpu, parity, vulkan, WHY_SKIPPED } from "./software.js";

describe.skipIf(!vulkan())(`WebGPU${vulkan() ? "" : ` (skipped: ${WHY_SKIPPED})`}`, () => {
  test.each([
    ["residual block", 12],
    ["convolution", 12],
    ["ResNet-32 against PyTorch", 6],
    ["recorded steps", 43],
    ["integers as floats", 4],
    ["padded means", 3],
    ["measured tiles", 2],
    ["a large filter's parts", 1],
  ])("%s: %d cases within their limits", (text, count) => {
    const cases = parity([text], 500_000);
    expect(cases.filter(({ ok }) => !ok)).toEqual([]);
    expect(cases).toHaveLength(count);
  });

  test.each([
    "residual block",
    "convolution",
    "ResNet-32 against PyTorch",
    "SGD",
    "averages",
    "augmentation",
    "numbers",
  ])("%s: no index of a program is outside of what it indexes", (text) => {
    const { stdout, stderr } = onGpu("test/contracts/webgpu-bounds.mjs", [text], 500_000);
    expect(stdout + stderr).toMatch(/"indices":[1-9]\d+,"outside":0\}\s/u);
  });

  test("half precision is as good as it is, where the GPU has it", () => {
    const { stdout, stderr } = onGpu("test/contracts/webgpu-parity.mjs", ["half precision"], 500_000);
    const lines = stdout.split("\n").filter((line) => line.startsWith("{"));
    if (stderr.includes("skipped, this GPU has none"))
      console.log("half precision: skipped, this GPU has none (shader-f16)");
    else expect(lines).toHaveLength(7);
    expect(lines.filter((line) => !line.endsWith('"ok":true}'))).toEqual([]);
  });

  test("programs for matrices of subgroups compute what those for numbers do, to the bit", () => {
    const { stdout, stderr } = onGpu("test/contracts/webgpu-matrices.mjs", [], 500_000);
    const lines = stdout.split("\n").filter((line) => line.startsWith("{"));
    expect(lines.length, stderr).toBeGreaterThan(24);
    expect(lines.filter((line) => !line.endsWith('"ok":true}'))).toEqual([]);
  });

  test("TensorFlow.js's own specs of convolutions, which our programs compute", () => {
    const { stdout, stderr } = onGpu("test/tfjs/run.mjs", ["conv2d", "--backend", "webgpu"], 500_000);
    expect(stdout + stderr).toMatch(/[1-9]\d* passed, 0 failed\s*$/u);
  });
});
