/**
 * ResNet-32's training step on this machine's GPU, ours beside PyTorch's: rounds interleaved in one run, medians. Then where
 * ours spends its time, program by program.
 *
 *     node test/bench/gpu/webgpu.mjs [--rounds 3] [--steps 50] [--batch 128] [--head 5000] [--peers eager,graph] [--only steps,programs,fit,moco,numbers]
 *         [--times FILE] [--candidates 8]      measure tiles anew, and write all times down
 *
 * A line of JSON for each result, a table last.
 */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import "@tensorflow/tfjs";
import { device, experiment, ssp, train } from "longtail";
import { reliableMatrices } from "../../../dist/src/backend/webgpu/matrix-check.js";
import { openedGpu } from "../../../dist/src/backend/webgpu/register.js";
import { tune } from "../../../dist/src/backend/webgpu/tune.js";
import { Clock } from "../../../dist/src/backend/webgpu/clock.js";
import { median } from "../median.mjs";
import { Contestant } from "../process.mjs";
import { recordable } from "./recordable.mjs";
import { workOf } from "./work.mjs";

const PEERS = "eager-float32,eager,eager-channels-last,graph-float32,graph,graph-channels-last,graph-bfloat16";
const { values: options } = parseArgs({
  options: {
    device: { type: "string", default: "webgpu" },
    rounds: { type: "string", default: "3" },
    steps: { type: "string", default: "50" },
    batch: { type: "string", default: "128" },
    head: { type: "string", default: "5000" },
    peers: { type: "string", default: PEERS },
    times: { type: "string" },
    candidates: { type: "string", default: "8" },
    only: { type: "string", default: "steps,programs,fit,moco,numbers" },
  },
  allowPositionals: true,
});
const [rounds, steps, count] = [options.rounds, options.steps, options.batch].map(Number);
const parts = options.only.split(",");
const table = [];
function report(line) {
  console.log(JSON.stringify(line));
  table.push(line);
}

console.log(String(await device.use("webgpu")));
const { gpu, tiles, matrices, resident } = openedGpu();

/** Milliseconds of a step, and of those in which JavaScript worked. */
async function timed(run) {
  const from = performance.now();
  let loss;
  for (let i = 0; i < steps; i++) {
    loss?.dispose();
    loss = await run();
  }
  const inJavaScript = performance.now() - from;
  const [value] = await loss.data();
  loss.dispose();
  return { ms: (performance.now() - from) / steps, jsMs: inJavaScript / steps, loss: value };
}

const { inputs, step, compiled } = recordable(count);
if (options.times) {
  // What is measured is written down, best first: the usual choice is to be as good as it can be without.
  const measurements = [];
  const onTimes = (work, times) => {
    measurements.push({ work, times: [...times].sort((a, b) => a.ns - b.ns), first: times[0] });
  };
  const loss = step(inputs);
  await tune(gpu, tiles, { candidates: Number(options.candidates), onTimes });
  await loss.data();
  loss.dispose();
  writeFileSync(options.times, JSON.stringify(measurements));
  for (const { work, times, first } of measurements)
    console.log(
      `${work.kind} ${JSON.stringify(work.plan).slice(0, 150)}: usual ${(first.ns / 1000).toFixed(1)} us, best ${(times[0].ns / 1000).toFixed(1)} us ${JSON.stringify(times[0].tile)}`,
    );
}
let from = performance.now();
for (let i = 0; i < 4; i++) (await compiled.run("bench", inputs, step)).dispose();
const [captured] = compiled.captured.values();
report({
  name: "start: pipelines, tiles, recording",
  seconds: (performance.now() - from) / 1000,
  tiles: tiles.all.size,
  commands: captured?.commands,
  refused: [...compiled.reasons.values()].join(),
  stepMiB: captured && captured.bytes / 2 ** 20,
});

/** The same in half precision, where this GPU has it; a step is cut and recorded as it is when it is first computed. */
const halves = {};
const halfSteps = {};
const { matrix } = await reliableMatrices(gpu, matrices, tiles.limits);
if (gpu.device.features.has("shader-f16"))
  for (const one of matrix ? [matrix, undefined] : [undefined]) {
    const half = recordable(count);
    const name = one ? `half precision, matrices of ${one.m} x ${one.n} x ${one.k}` : "half precision, numbers";
    halfSteps[name] = half.compiled;
    halves[`longtail, recorded, ${name}`] = async () => {
      Object.assign(gpu, { isHalf: true, matrix: one });
      try {
        return await half.compiled.run("bench half", half.inputs, half.step);
      } finally {
        Object.assign(gpu, { isHalf: false, matrix: undefined });
      }
    };
  }
for (const inHalf of Object.values(halves)) for (let i = 0; i < 4; i++) (await inHalf()).dispose();

if (parts.includes("steps")) {
  const python = ["python3", "/usr/bin/python3"].find(
    (command) => spawnSync(command, ["-c", "import torch"]).status === 0,
  );
  const path = fileURLToPath(new URL("resnet32.py", import.meta.url));
  const torch =
    python && options.peers ? new Contestant(python, [path, "--serve", "--batch", String(count)], {}) : undefined;
  const results = {};
  const add = (name, one) => (results[name] ??= []).push(one);
  for (let round = -1; round < rounds; round++) {
    const ours = {
      "longtail, eager": () => step(inputs),
      "longtail, recorded": () => compiled.run("bench", inputs, step),
      ...halves,
    };
    for (const [name, run] of Object.entries(ours)) {
      const one = await timed(run);
      if (round >= 0) add(name, one);
    }
    for (const name of torch ? options.peers.split(",") : []) {
      const seconds = await torch.time([name, steps]);
      if (round >= 0 && seconds !== undefined) add(`PyTorch, ${name}`, { ms: seconds * 1000 });
    }
  }
  torch?.close?.();
  for (const [name, list] of Object.entries(results)) {
    const ms = median(list.map((one) => one.ms));
    const js = list[0].jsMs === undefined ? {} : { jsMs: median(list.map((one) => one.jsMs)), loss: list.at(-1).loss };
    report({ name, ms, imagesPerSecond: (count / ms) * 1000, ...js, rounds: list.map((one) => +one.ms.toFixed(3)) });
  }
}

/** Where a recorded step spends its time: its programs, ten times each, one after the other. */
async function reportPrograms(name, { recording }) {
  const commands = recording.commands.filter((one) => one.pipeline);
  const times = [];
  for (let at = 0; at < commands.length; at += 256) {
    const some = commands.slice(at, at + 256);
    const clock = new Clock(gpu.device, some.length);
    some.forEach(({ pipeline, group, grid }, i) =>
      clock.time(i, 2, 10, (pass) => {
        pass.setPipeline(pipeline);
        pass.setBindGroup(0, group);
        pass.dispatchWorkgroups(...grid);
      }),
    );
    times.push(...(await clock.read()).map((ns) => ns / 10));
  }
  const groups = new Map();
  commands.forEach(({ pipeline }, i) => {
    const known = groups.get(pipeline.label) ?? { label: pipeline.label, calls: 0, ns: 0 };
    groups.set(pipeline.label, { ...known, calls: known.calls + 1, ns: known.ns + times[i] });
  });
  const all = times.reduce((a, b) => a + b, 0);
  report({ name: `programs, one after the other, ${name}`, ms: all / 1e6, commands: commands.length });
  for (const { label, calls, ns } of [...groups.values()].sort((a, b) => b.ns - a.ns).slice(0, 40)) {
    const work = workOf(label, count);
    const rate = work ? { tflops: (work.flops * calls) / ns / 1000, tbs: (work.bytes * calls) / ns / 1000 } : {};
    report({ program: label || "TensorFlow.js's", calls, us: ns / 1000, share: ns / all, ...rate });
  }
}

if (parts.includes("programs")) {
  const [inHalf] = Object.entries(halfSteps);
  for (const [name, steps] of [["float32", compiled], ...(inHalf ? [inHalf] : [])])
    for (const one of steps.captured.values()) await reportPrograms(name, one);
}

/** A training's milliseconds a step, in the epochs after the second (images stay on the GPU from then on), and its evaluation's. */
async function trained(name, run, { capture = "1", half = false } = {}) {
  process.env.LONGTAIL_CAPTURE = capture;
  if (half) Object.assign(gpu, { isHalf: true, matrix });
  const marks = [];
  let steps;
  const onEvent = (event) => {
    if (event.type === "begin") steps = event.stepsIn(0);
    marks.push([event.type, performance.now()]);
  };
  try {
    const { records } = await run({ epochs: 5, progress: false, onEvent });
    const evaluations = marks.flatMap(([type, at], i) => (type === "evaluate" ? [marks[i + 1][1] - at] : []));
    const perStep = records.map(({ seconds }, i) => (seconds * 1000 - (evaluations[i] ?? 0)) / steps);
    const evaluationMs = evaluations.at(-1);
    const residentMiB = resident.bytes / 2 ** 20;
    const epochs = records.map(({ seconds, loss, metrics }) => ({ seconds, loss, test: metrics.test }));
    report({ name, ms: median(perStep.slice(2)), steps, evaluationMs, residentMiB, epochs });
  } finally {
    Object.assign(gpu, { isHalf: false, matrix: undefined });
    delete process.env.LONGTAIL_CAPTURE;
  }
}

if (parts.includes("fit") || parts.includes("moco")) {
  const images = await experiment.longTailed({ name: "cifar10", head: Number(options.head) });
  const hasHalf = gpu.device.features.has("shader-f16");
  const ways = {
    recorded: {},
    ...(hasHalf && { "recorded, half precision": { half: true } }),
    eager: { capture: "0" },
  };
  const fit = (options) => train.fit({ data: images, ...options });
  const moco = (options) => ssp.moco({ data: { ...images, test: undefined }, ...options });
  for (const [name, how] of Object.entries(ways)) {
    if (parts.includes("fit")) await trained(`fit, CIFAR-10-LT, ${name}`, fit, how);
    if (parts.includes("moco")) await trained(`MoCo, CIFAR-10-LT, ${name}`, moco, how);
  }
  if (parts.includes("fit")) {
    const { budget } = resident;
    resident.budget = 0;
    // Others, which are not there yet.
    const data = await experiment.longTailed({ name: "cifar10", head: Number(options.head) });
    await trained("fit, CIFAR-10-LT, recorded, images carried there", (options) => train.fit({ data, ...options }));
    resident.budget = budget;
  }
}

if (parts.includes("numbers"))
  for (const length of [100, 10_000, 10_000_000])
    for (const chance of [0, 0.5]) {
      const rows = Math.min(2 ** 20, Math.ceil(1e9 / length));
      const draw = () => device.normalSums({ seed: 1, rows, length, chance });
      await draw();
      const began = performance.now();
      await draw();
      const ms = performance.now() - began;
      const speed = (rows * length) / ms / 1e6;
      report({ name: `normal numbers, ${length} a row${chance ? ", labeled" : ""}`, ms, billionsPerSecond: speed });
    }

console.log("\n");
for (const { name, program, ms, us, ...rest } of table) {
  const first = (name ?? program).slice(0, 150).padEnd(44);
  const time = ms !== undefined ? `${ms.toFixed(3)} ms` : us !== undefined ? `${us.toFixed(1)} us` : "";
  const more = Object.entries(rest)
    .filter(([key]) => !["rounds", "epochs"].includes(key))
    .map(([key, value]) => `${key} ${typeof value === "number" ? +value.toPrecision(4) : value}`);
  console.log(`${first} ${time.padStart(12)}  ${more.join(", ")}`);
}
process.exit(0);
