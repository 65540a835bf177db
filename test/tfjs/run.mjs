/**
 * TensorFlow.js's own specs (of @tensorflow/tfjs-core) on a backend of longtail, beside its pure JavaScript backend: what passes
 * there must pass here. On "simd" with and without fused multiply-add.
 *
 *     npm run test:tfjs [-- TEXT] [--backend simd|tensorflow|webgpu]      only specs whose name contains TEXT; default simd
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { excluded, exclusion } from "./excluded.mjs";

const { values, positionals } = parseArgs({
  options: { backend: { type: "string", default: "simd" } },
  allowPositionals: true,
});
const [text = ""] = positionals;
const { backend } = values;
const specs = fileURLToPath(new URL("specs.mjs", import.meta.url));
const variants = {
  simd: [{ LONGTAIL_THREADS: "2" }, { LONGTAIL_THREADS: "2", LONGTAIL_RELAXED_SIMD: "0" }],
  // oneDNN, where a processor has it, convolves by unequal strides wrongly (2.21), and differs in what specs hold exactly.
  tensorflow: [{ TF_CPP_MIN_LOG_LEVEL: "3", TF_ENABLE_ONEDNN_OPTS: "0" }],
  webgpu: [{}],
}[backend];
if (!variants) throw new RangeError(`--backend: expected simd, tensorflow or webgpu, found "${backend}"`);

function outcome(name, env) {
  const from = performance.now();
  const { stdout, stderr, status, signal } = spawnSync(process.execPath, [specs, name, text], {
    env: { ...process.env, ...env },
    maxBuffer: 2 ** 28,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`The specs on ${name} ended with ${signal ?? `code ${status}`}: ${stderr}`);
  const { passed, failed } = JSON.parse(stdout);
  const seconds = ((performance.now() - from) / 1000).toFixed(1);
  const count = Object.keys(failed).length;
  const variant = Object.entries(env).map((pair) => `, ${pair.join("=")}`);
  console.log(
    `${name}${variant.join("")}: ${passed.length + count} specs, ${passed.length} passed, ${count} failed, ${seconds} s`,
  );
  return { passed, failed };
}

const expected = outcome("cpu", {}).passed;
const reasons = new Map(excluded[backend].map(([, why]) => [why, 0]));
let failures = 0;
let passes = 0;
for (const env of variants) {
  const { passed, failed } = outcome(backend, env);
  const ok = new Set(passed);
  const missed = new Set([...Object.keys(failed), ...expected.filter((name) => !ok.has(name))]);
  for (const name of missed) {
    const why = exclusion(backend, name, failed[name]);
    if (why !== undefined) reasons.set(why, reasons.get(why) + 1);
    else console.log(`  ${name}\n    ${failed[name] ?? "was not run"}`.replaceAll("\n\n", "\n"), ++failures);
  }
  passes += expected.filter((name) => !missed.has(name)).length;
}
for (const [why, count] of reasons) {
  if (count > 0) console.log(`excluded: ${count / variants.length}: ${why}`);
  else if (text === "") console.log(`excludes nothing: ${why} (${++failures})`);
}
console.log(`${passes} passed, ${failures} failed`);
process.exitCode = failures > 0 || passes === 0 ? 1 : 0;
