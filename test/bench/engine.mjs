/**
 * The CPU engine beside its peers, in one run: rounds interleaved, one process computing at a time, medians, ratios.
 *
 *     npm run bench -- engine [--rounds 3] [--json]
 *
 * Peers: PyTorch (python3-torch), in both of its layouts, of which the faster counts; TensorFlow.js's own wasm and cpu
 * backends at a small batch, for the rest would take them minutes; native TensorFlow (longtail device install tensorflow).
 * What is not installed is named and left out.
 */
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { availableParallelism, cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { list } from "../../dist/src/backend/device.js";
import { median } from "./median.mjs";
import { Contestant } from "./process.mjs";

const { values: options } = parseArgs({
  options: { rounds: { type: "string", default: "3" }, json: { type: "boolean", default: false } },
  allowPositionals: true,
});
const rounds = Number(options.rounds);
const path = (name) => fileURLToPath(new URL(name, import.meta.url));
const all = availableParallelism();
const python = ["python3", "/usr/bin/python3"].find(
  (command) => spawnSync(command, ["-c", "import torch"]).status === 0,
);

function installed(name) {
  try {
    return Boolean(createRequire(import.meta.url).resolve(name));
  } catch {
    return false;
  }
}

const tfjs = (backend, threads = 1) =>
  new Contestant(process.execPath, [path("contestant.mjs"), backend], { LONGTAIL_THREADS: String(threads) });
const torch = (layout, threads) => python && new Contestant(python, [path("resnet32.py"), String(threads), layout]);

const LARGE = [
  ["train", 128],
  ["train", 32],
  ["evaluate", 500],
];
const SMALL = [["evaluate", 8]];
// count, size, inputs, outputs, kernel, stride; rows, inner, columns.
const SINGLE = [
  ["conv", 128, 32, 3, 16, 3, 1],
  ["conv", 128, 32, 16, 16, 3, 1],
  ["conv", 128, 32, 16, 32, 3, 2],
  ["conv", 128, 16, 32, 32, 3, 1],
  ["conv", 128, 8, 64, 64, 3, 1],
  ["conv", 32, 56, 64, 64, 1, 1],
  ["matMul", 256, 256, 256],
  ["matMul", 1024, 1024, 1024],
  ["matMul", 4096, 64, 10],
];
const both = all > 1;
const native = (await list()).some(({ name, available }) => name === "tensorflow" && available);
const contestants = {
  simd: { process: tfjs("simd", all), tasks: [...LARGE, ["layers", 128], ...SMALL, ...SINGLE] },
  "simd, 1 thread": both && { process: tfjs("simd", 1), tasks: [...LARGE, ...SMALL, ...SINGLE] },
  tensorflow: { process: native && tfjs("tensorflow", all), tasks: [...LARGE, ["layers", 128], ...SMALL, ...SINGLE] },
  PyTorch: { process: torch("nchw", all), tasks: [...LARGE, ...SMALL, ...SINGLE] },
  "PyTorch channels_last": { process: torch("channels_last", all), tasks: [...LARGE, ...SMALL, ...SINGLE] },
  "PyTorch, 1 thread": both && { process: torch("nchw", 1), tasks: LARGE },
  "PyTorch channels_last, 1 thread": both && { process: torch("channels_last", 1), tasks: LARGE },
  "tfjs-wasm": { process: installed("@tensorflow/tfjs-backend-wasm") && tfjs("wasm"), tasks: SMALL },
  "tfjs-cpu": { process: tfjs("cpu"), tasks: SMALL },
};
for (const [name, contestant] of Object.entries(contestants))
  if (!contestant?.process) {
    if (contestant) console.log(`${name}: not installed, left out`);
    delete contestants[name];
  }

const samples = {};
for (let round = 0; round < rounds; round++)
  for (const task of [...LARGE, ["layers", 128], ...SMALL, ...SINGLE])
    for (const [name, { process: contestant, tasks }] of Object.entries(contestants)) {
      if (!tasks.some((one) => String(one) === String(task))) continue;
      if (process.stderr.isTTY)
        process.stderr.write(`\rround ${round + 1} of ${rounds}: ${task.join(" ")}, ${name}\u001b[K`);
      ((samples[task] ??= {})[name] ??= []).push(await contestant.time(task));
    }
if (process.stderr.isTTY) process.stderr.write("\r\u001b[K");
await Promise.all(Object.values(contestants).map(({ process: contestant }) => contestant.close()));

const seconds = (task, name) => samples[task]?.[name] && median(samples[task][name]);
const names = Object.keys(contestants);
console.log(
  `Medians of ${rounds} interleaved rounds; ${cpus()[0].model}, ${all} threads where not said otherwise, Node ${process.version}\n`,
);
rows("img/s", [...LARGE, ["layers", 128], ...SMALL], ([, count]) => count);
rows("GFLOPS", SINGLE, ([name, ...sizes]) => {
  if (name === "matMul") return (2 * sizes[0] * sizes[1] * sizes[2]) / 1e9;
  const [count, size, inputs, outputs, kernel, stride] = sizes;
  return (2 * count * Math.ceil(size / stride) ** 2 * inputs * outputs * kernel ** 2) / 1e9;
});

/** One table: how much work of each task a second of each contestant does. */
function rows(unit, tasks, work) {
  const shown = names.filter((name) => tasks.some((task) => samples[task]?.[name]));
  console.log(`| ${unit} | ${shown.join(" | ")} |\n| --- |${" ---: |".repeat(shown.length)}`);
  for (const task of tasks) {
    const cells = shown.map((name) => {
      const time = seconds(task, name);
      return time === undefined ? "" : (work(task) / time).toPrecision(3);
    });
    console.log(`| ${task[0]} ${task.slice(1).join("x")} | ${cells.join(" | ")} |`);
  }
  console.log("");
}

const peer = (task) => {
  const times = ["PyTorch", "PyTorch channels_last"].map((name) => seconds(task, name)).filter(Boolean);
  return times.length > 0 ? Math.min(...times) : undefined;
};
const over = (theirs, ours) => (theirs && ours ? Number((theirs / ours).toFixed(3)) : undefined);
const ratios = {
  trainStep: over(peer(["train", 128]), seconds(["train", 128], "simd")),
  evaluate: over(peer(["evaluate", 500]), seconds(["evaluate", 500], "simd")),
  trainStepOfTensorFlow: over(peer(["train", 128]), seconds(["train", 128], "tensorflow")),
  layersModel: over(seconds(["train", 128], "simd"), seconds(["layers", 128], "simd")),
  threads2: over(seconds(["train", 128], "simd, 1 thread"), seconds(["train", 128], "simd")),
};
console.log(
  `Ratios, above 1 is faster: ${Object.entries(ratios)
    .map((pair) => pair.join(" "))
    .join(", ")}`,
);
if (options.json) console.log(JSON.stringify({ rounds, ratios, samples }));
