import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";

const index = new URL("../../../../dist/src/backend/simd/index.js", import.meta.url).href;
const script = `
  import { createRequire } from "node:module";
  await import(${JSON.stringify(index)});
  const tf = createRequire(${JSON.stringify(import.meta.url)})("@tensorflow/tfjs-core");
  await tf.setBackend("simd");
  for (let i = 0; i < 3; i++) {
    tf.add([1], [2]);
    tf.linspace(0, 1, 3);
    tf.bincount(tf.tensor1d([1, 1], "int32"), tf.tensor1d([]), 2);
  }`;

function warnings(log: string): string[] {
  const { stderr, status } = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
    env: { ...process.env, LONGTAIL_LOG: log },
    encoding: "utf8",
  });
  expect(status, stderr).toBe(0);
  return stderr.trim().split("\n").filter(Boolean);
}

test("LONGTAIL_LOG=fallback names once each kernel that plain JavaScript computes, and for what", () => {
  const expected = [
    "longtail: no fast kernel for LinSpace; computed in JavaScript",
    "longtail: no fast kernel for Bincount of x int32[2], weights float32[0]; computed in JavaScript",
  ];
  expect(warnings("fallback")).toEqual(expected);
  expect(warnings("kernels,fallback")).toEqual(expected);
});

test("nothing is said otherwise", () => {
  expect(warnings("")).toEqual([]);
  expect(warnings("fallbacks")).toEqual([]);
});
