/**
 * The kernel beside its peers, in one run: rounds interleaved, medians, ratios.
 *
 *     npm run bench -- kernel [--rounds 5] [--json]
 *
 * Peers that are not installed are named and left out: tslab comes with this package, ipykernel is found through python3,
 * Deno as `deno` on the PATH or at $DENO.
 */
import { spawnSync } from "node:child_process";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Dealer } from "zeromq";
import { KernelClient } from "../../dist/kernel/client.js";
import { address } from "../../dist/kernel/connection.js";
import { launch } from "../../dist/kernel/launch.js";
import { Wire } from "../../dist/kernel/message.js";
import { median } from "./median.mjs";

const { values: options } = parseArgs({
  options: { rounds: { type: "string", default: "5" }, json: { type: "boolean", default: false } },
  allowPositionals: true,
});
const rounds = Number(options.rounds);
const root = fileURLToPath(new URL("../..", import.meta.url));
const cwd = `${root}notebooks`;
const found = (command, ...args) => spawnSync(command, args, { encoding: "utf8" }).status === 0;
const deno = process.env.DENO ?? "deno";
const python = ["python3", "/usr/bin/python3"].find((command) => found(command, "-c", "import ipykernel"));

/** A kernel is a command line and the sources of the cells that it is timed on. */
const kernels = {
  longtail: {
    argv: [
      process.execPath,
      "--no-force-async-hooks-checks",
      `${root}dist/kernel/main.js`,
      "--connection-file",
      "{connection_file}",
    ],
    tfjs: 'import * as tf from "@tensorflow/tfjs";',
    longtail: 'import * as lt from "longtail";',
  },
  tslab: {
    argv: [process.execPath, `${root}node_modules/tslab/bin/tslab`, "kernel", "--config-path={connection_file}"],
    tfjs: 'import * as tf from "@tensorflow/tfjs";',
    interruptMode: "signal",
  },
  ipykernel: python && {
    argv: [python, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
    interruptMode: "signal",
  },
  deno: found(deno, "--version") && {
    argv: [deno, "jupyter", "--kernel", "--conn", "{connection_file}"],
    tfjs: 'import * as tf from "@tensorflow/tfjs";',
  },
};

/** Milliseconds from the start of the process to its first kernel_info_reply. */
async function start(argv) {
  const from = performance.now();
  const kernel = await launch({ argv, cwd });
  const wire = new Wire(kernel.connection.key, undefined, "bench");
  const shell = new Dealer({ linger: 0, reconnectInterval: 2 });
  shell.connect(address(kernel.connection, "shell"));
  await shell.send(wire.build("kernel_info_request", {}));
  await shell.receive();
  const ms = performance.now() - from;
  shell.close();
  kernel.kill();
  await kernel.exited;
  return ms;
}

/** Milliseconds from the request to the reply and the end of its output. */
async function timed(client, code) {
  const from = performance.now();
  const reply = await client.execute(code);
  if (reply.status !== "ok") throw new Error(`${code}: ${reply.ename}: ${reply.evalue}`);
  return performance.now() - from;
}

async function round({ argv, tfjs, longtail, interruptMode }) {
  const figures = { "start to kernel_info": await start(argv) };
  const client = await KernelClient.start({ argv, cwd, interruptMode });
  const trivial = async (count) => {
    const times = [];
    for (let i = 0; i < count; i++) times.push(await timed(client, `${i} + 1`));
    return median(times);
  };
  try {
    figures["first cell, sent at once"] = await timed(client, "1 + 1");
    figures["trivial cell"] = await trivial(15);
    if (longtail) figures['first import "longtail"'] = await timed(client, longtail);
    if (tfjs) {
      figures["first import of TensorFlow.js"] = await timed(client, tfjs);
      await trivial(2);
      figures["trivial cell after TensorFlow.js"] = await trivial(15);
    }
  } finally {
    await client.shutdown();
  }
  return figures;
}

const samples = {};
for (let i = 0; i < rounds; i++)
  for (const [name, kernel] of Object.entries(kernels)) {
    if (!kernel) continue;
    process.stderr.write(`\rround ${i + 1} of ${rounds}: ${name}          `);
    for (const [figure, ms] of Object.entries(await round(kernel))) ((samples[figure] ??= {})[name] ??= []).push(ms);
  }
process.stderr.write("\n");

const names = Object.keys(kernels).filter((name) => kernels[name]);
for (const name of Object.keys(kernels)) if (!kernels[name]) console.log(`${name}: not installed, left out`);
console.log(
  `Medians of ${rounds} interleaved rounds, ms; ${cpus()[0].model}, ${cpus().length} cores, Node ${process.version}\n`,
);
console.log(`| | ${names.join(" | ")} | tslab / longtail |\n| --- |${" ---: |".repeat(names.length + 1)}`);
const medians = {};
for (const [figure, byKernel] of Object.entries(samples)) {
  const row = names.map((name) => (byKernel[name] ? median(byKernel[name]) : undefined));
  medians[figure] = Object.fromEntries(names.map((name, i) => [name, row[i]]));
  const ratio = byKernel.tslab ? (median(byKernel.tslab) / median(byKernel.longtail)).toFixed(1) : "";
  console.log(
    `| ${figure} | ${row.map((ms) => (ms === undefined ? "" : ms.toFixed(ms < 20 ? 1 : 0))).join(" | ")} | ${ratio} |`,
  );
}
if (options.json) console.log(JSON.stringify({ rounds, medians }));
process.exit(0);
