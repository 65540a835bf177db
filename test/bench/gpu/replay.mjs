/**
 * What JavaScript takes to hand a recorded step of ResNet-32 to a GPU, and an augmented batch of 128 images, which are carried
 * there each time or kept there: on Dawn's null device, which takes commands and does nothing, so that no GPU is needed. A
 * driver's own share is not in it.
 *
 *     node test/bench/gpu/replay.mjs [--rounds 7] [--batch 16] [--json]
 *
 * Milliseconds a step: the median of all rounds, and the fastest tenth (that of a machine with nothing else to do).
 */
import { parseArgs } from "node:util";
import * as tf from "@tensorflow/tfjs";
import { data, random } from "longtail";
import { create, globals } from "webgpu";
import { openedGpu, register } from "../../../dist/src/backend/webgpu/register.js";
import { ResidentImages } from "../../../dist/src/backend/webgpu/resident-images.js";
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

const rounds = Number(options.rounds);
const { inputs, step, compiled } = recordable(Number(options.batch));
for (let i = 0; i < 4; i++) (await compiled.run("bench", inputs, step)).dispose();
if (compiled.size === 0) throw new Error(`The step was not recorded: ${[...compiled.reasons.values()].join()}`);
const [{ commands }] = compiled.captured.values();

/** Median and fastest tenth of some times. */
const summary = (times) => ({ ms: median(times), fastest: times.sort((a, b) => a - b)[Math.floor(times.length / 10)] });

const times = [];
for (let i = 0; i < rounds * STEPS; i++) {
  const from = performance.now();
  (await compiled.run("bench", inputs, step)).dispose();
  times.push(performance.now() - from);
  if (i % WAITING === WAITING - 1) await device.queue.onSubmittedWorkDone();
}

const set = { name: "noise", shape: [12_800, 32, 32, 3], labels: new Uint16Array(12_800), classes: ["noise"] };
const examples = data.Examples.of({ ...set, bytes: new Uint8Array(12_800 * 3072).map((_, i) => i % 251) });
const ways = { carried: new ResidentImages(openedGpu().gpu, 0), kept: new ResidentImages(openedGpu().gpu) };
while (!ways.kept.bufferOf(examples, examples.length)) await new Promise((resolve) => setTimeout(resolve));
const batches = { carried: [], kept: [] };
for (let round = 0; round <= rounds; round++)
  for (const [way, resident] of Object.entries(ways)) {
    openedGpu().resident = resident;
    const epoch = data.batches(examples, {
      normalization: data.CIFAR_NORMALIZATION,
      augmentation: { stream: random.stream(round) },
      prefetch: 0,
    });
    for (;;) {
      const from = performance.now();
      if (epoch.next().done) break;
      if (round > 0) batches[way].push(performance.now() - from);
      await device.queue.onSubmittedWorkDone();
    }
  }

const found = {
  commands,
  ...summary(times),
  batch: { carried: summary(batches.carried), kept: summary(batches.kept) },
};
const said = ({ ms, fastest }) => `${ms.toFixed(2)} ms of JavaScript (the fastest tenth: ${fastest.toFixed(2)} ms)`;
console.log(
  options.json
    ? JSON.stringify({ name: "replay", ...found })
    : [
        `A recorded step of ${commands} commands: ${said(found)}`,
        `A batch of 128 augmented images, carried to the GPU: ${said(found.batch.carried)}`,
        `A batch of 128 augmented images, which the GPU keeps: ${said(found.batch.kept)}`,
      ].join("\n"),
);
process.exit(0);
