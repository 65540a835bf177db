import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

test('TensorFlow.js\'s own specs pass on the backend "simd"', { timeout: 300_000 }, () => {
  const script = fileURLToPath(new URL("tfjs/run.mjs", import.meta.url));
  const { stdout, stderr } = spawnSync(process.execPath, [script], { encoding: "utf8" });
  expect(stderr).toBe("");
  const [, passed, failed] = /(\d+) passed, (\d+) failed\n$/.exec(stdout) ?? [];
  expect(Number(failed), stdout).toBe(0);
  // Two runs of more than 4,000.
  expect(Number(passed)).toBeGreaterThan(8_000);
});
