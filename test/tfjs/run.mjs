/**
 * TensorFlow.js's own specs (of @tensorflow/tfjs-core) on the backend "simd", with and without fused multiply-add, beside its
 * pure JavaScript backend: what passes there must pass here.
 *
 *     npm run test:tfjs [-- TEXT]      only specs whose name contains TEXT
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { excluded, exclusion } from "./excluded.mjs";

const text = process.argv[2] ?? "";
const specs = fileURLToPath(new URL("specs.mjs", import.meta.url));

function outcome(backend, env) {
  const from = performance.now();
  const { stdout, stderr, status, signal } = spawnSync(process.execPath, [specs, backend, text], {
    env: { ...process.env, ...env },
    maxBuffer: 2 ** 28,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`The specs on ${backend} ended with ${signal ?? `code ${status}`}: ${stderr}`);
  const { passed, failed } = JSON.parse(stdout);
  const seconds = ((performance.now() - from) / 1000).toFixed(1);
  const count = Object.keys(failed).length;
  const variant = Object.entries(env).map((pair) => `, ${pair.join("=")}`);
  console.log(
    `${backend}${variant.join("")}: ${passed.length + count} specs, ${passed.length} passed, ${count} failed, ${seconds} s`,
  );
  return { passed, failed };
}

const expected = outcome("cpu", {}).passed;
const due = expected.filter((name) => exclusion(name) === undefined);
let failures = 0;
let passes = 0;
for (const env of [{ LONGTAIL_THREADS: "2" }, { LONGTAIL_THREADS: "2", LONGTAIL_RELAXED_SIMD: "0" }]) {
  const { passed, failed } = outcome("simd", env);
  const ok = new Set(passed);
  const wrong = new Set(due.filter((name) => !ok.has(name) || name in failed));
  for (const name of Object.keys(failed)) if (exclusion(name) === undefined) wrong.add(name);
  for (const name of wrong) console.log(`  ${name}\n    ${failed[name] ?? "was not run"}`.replaceAll("\n\n", "\n"));
  failures += wrong.size;
  passes += due.filter((name) => !wrong.has(name)).length;
}
for (const [start, why] of Object.entries(excluded)) {
  const count = expected.filter((name) => exclusion(name) === start).length;
  if (count > 0) console.log(`excluded: ${count} of "${start}": ${why}`);
  else if (text === "") console.log(`"${start}" excludes nothing (${++failures})`);
}
console.log(`${passes} passed, ${failures} failed`);
process.exitCode = failures > 0 || passes === 0 ? 1 : 0;
