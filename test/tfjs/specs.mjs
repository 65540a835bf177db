/**
 * Runs TensorFlow.js's own specs on one backend and prints the outcome as JSON:
 *
 *     node test/tfjs/specs.mjs simd|cpu [TEXT]      only specs whose name contains TEXT
 */
import { createRequire, register } from "node:module";
import { writeSync } from "node:fs";
import { reason } from "./excluded.mjs";

const [backend, text = ""] = process.argv.slice(2);
register("./modules.mjs", import.meta.url);
// The published modules call it where they want something of Node's.
globalThis.require = createRequire(import.meta.url);

const jasmine = globalThis.require("jasmine-core").boot();
const env = jasmine.getEnv();
const names = { excluded: [], failed: [], passed: [] };
const failures = {};
env.configure({
  random: false,
  specFilter: (spec) => {
    const name = spec.getFullName();
    if (!name.includes(text)) return false;
    if (reason(name) === undefined) return true;
    names.excluded.push(name);
    return false;
  },
});
env.addReporter({
  specDone({ fullName, status, failedExpectations }) {
    if (status === "excluded" || status === "pending") return;
    names[status].push(fullName);
    if (status === "failed") failures[fullName] = failedExpectations[0].message;
  },
  // What is wrong with the specs as such: an error while they were loaded, or after the last.
  jasmineDone({ failedExpectations }) {
    for (const { message } of failedExpectations) {
      names.failed.push("(outside any spec)");
      failures["(outside any spec)"] = message;
    }
  },
});

const { setTestEnvs } = await import("@tensorflow/tfjs-core/dist/jasmine_util");
for (const part of ["register_all_gradients", "public/chained_ops/register_all_chained_ops"])
  await import(`@tensorflow/tfjs-core/dist/${part}`);
await import("@tensorflow/tfjs-backend-cpu");
if (backend === "simd") await import("../../dist/src/backend/simd/index.js");
setTestEnvs([{ name: backend, backendName: backend, isDataSync: true }]);
console.log = console.warn = () => {}; // what the specs provoke
await import("@tensorflow/tfjs-core/dist/tests");
await env.execute();
const outcome = { passed: names.passed, failed: failures, excluded: names.excluded };
writeSync(1, `${JSON.stringify(outcome)}\n`);
process.exit(0);
