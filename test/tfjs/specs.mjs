/**
 * Runs TensorFlow.js's own specs on one backend and writes the outcome as JSON:
 *
 *     node test/tfjs/specs.mjs simd|cpu|tensorflow|webgpu [TEXT]      only specs whose name contains TEXT
 */
import { createRequire, register } from "node:module";

const [backendName, text = ""] = process.argv.slice(2);
register("./modules.mjs", import.meta.url);
// The published modules call it where they want something of Node's.
globalThis.require = createRequire(import.meta.url);

const outcome = { passed: [], failed: {} };
const env = globalThis.require("jasmine-core").boot().getEnv();
env.configure({ random: false, specFilter: (spec) => spec.getFullName().includes(text) });
env.addReporter({
  specDone({ fullName, status, failedExpectations }) {
    if (status === "passed") outcome.passed.push(fullName);
    if (status === "failed") outcome.failed[fullName] = failedExpectations[0].message;
  },
  // What is wrong with no spec but with all: an error while they were loaded, or after the last.
  jasmineDone({ failedExpectations }) {
    for (const { message } of failedExpectations) outcome.failed["(outside the specs)"] = message;
  },
});

for (const part of ["register_all_gradients", "public/chained_ops/register_all_chained_ops"])
  await import(`@tensorflow/tfjs-core/dist/${part}`);
await import("@tensorflow/tfjs-backend-cpu");
if (backendName === "simd") await import("../../dist/src/backend/simd/index.js");
if (backendName === "webgpu") await (await import("../../dist/src/backend/webgpu.js")).webgpu.open();
if (backendName === "tensorflow") await (await import("../../dist/src/backend/tensorflow.js")).tensorflow.open();
const { setTestEnvs } = await import("@tensorflow/tfjs-core/dist/jasmine_util");
setTestEnvs([{ name: "node", backendName, isDataSync: backendName !== "webgpu" }]);
console.log = console.warn = () => {}; // what the specs provoke
await import("@tensorflow/tfjs-core/dist/tests");
await env.execute();
process.stdout.write(JSON.stringify(outcome), () => process.exit());
