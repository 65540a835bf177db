/**
 * What JavaScript takes to hand a recorded step of ResNet-32 to a GPU: on Dawn's null device, which takes commands and does
 * nothing, so that no GPU is needed. A driver's own share is not in it.
 *
 *     node test/bench/gpu/replay.mjs [--rounds 7] [--batch 16] [--json]
 *
 * Milliseconds a step: the median of all rounds, and the fastest tenth (that of a machine with nothing else to do).
 */
import { parseArgs } from "node:util";
import * as tf from "@tensorflow/tfjs";
import "longtail";
import { create, globals } from "webgpu";
import { register } from "../../../dist/src/backend/webgpu/register.js";
import { median } from "../median.mjs";
import { recordable } from "./recordable.mjs";

const STEPS = 300;
/** Steps whose commands wait at the same time. */
const WAITING = 50;

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "7" },
    batch: { type: "string", default: "16" }, // the null device has 512 MiB
    json: { type: "boolean", default: false },
  },
  allowPositionals: true,
});

Object.assign(globalThis, globals);
const gpu = create(["backend=null", "enable-dawn-features=disable_robustness,disable_workgroup_init"]);
Object.defineProperty(globalThis, "navigator", { value: { gpu }, configurable: true });
const adapter = await gpu.requestAdapter();
const device = await adapter.requestDevice();
const { WebGPUBackend } = await import("@tensorflow/tfjs-backend-webgpu");
process.env.LONGTAIL_TUNE = "0";
register(new WebGPUBackend(device, adapter.info), adapter.info);
await tf.setBackend("webgpu");

const { inputs, step, compiled } = recordable(Number(options.batch));
for (let i = 0; i < 4; i++) (await compiled.run("bench", inputs, step)).dispose();
if (compiled.size === 0) throw new Error(`The step was not recorded: ${[...compiled.reasons.values()].join()}`);
const [{ commands }] = compiled.captured.values();
const times = [];
for (let i = 0; i < Number(options.rounds) * STEPS; i++) {
  const from = performance.now();
  (await compiled.run("bench", inputs, step)).dispose();
  times.push(performance.now() - from);
  if (i % WAITING === WAITING - 1) await device.queue.onSubmittedWorkDone();
}
const ms = median(times);
const fastest = times.sort((a, b) => a - b)[Math.floor(times.length / 10)];
console.log(
  options.json
    ? JSON.stringify({ name: "replay", commands, ms, fastest })
    : `A recorded step of ${commands} commands: ${ms.toFixed(2)} ms of JavaScript (the fastest tenth: ${fastest.toFixed(2)} ms)`,
);
process.exit(0);
