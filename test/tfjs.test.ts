import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

// All of them: tfjs.long.test.ts.
test('TensorFlow.js\'s own specs of convolution pass on the backend "simd"', { timeout: 120_000 }, () => {
  const script = fileURLToPath(new URL("tfjs/run.mjs", import.meta.url));
  const { stdout, stderr } = spawnSync(process.execPath, [script, "conv2d"], { encoding: "utf8" });
  expect(stderr).toBe("");
  const [, passed, failed] = /(\d+) passed, (\d+) failed\n$/.exec(stdout) ?? [];
  expect(Number(failed), stdout).toBe(0);
  // Two runs of more than a hundred.
  expect(Number(passed)).toBeGreaterThan(200);
});
