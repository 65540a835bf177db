/**
 * Reading 60,000 images of 32 x 32 from jpg32 files into one array, beside Pillow, in one run: rounds interleaved, medians.
 * Below stands what the work of one thread is made of, and how fast memory alone would be.
 *
 *     npm run bench -- data [--rounds 5] [--json]
 *
 * CIFAR-10 where LONGTAIL_DATASETS is set, else nine images over and over. Pillow is found through python3.
 */
import { Buffer } from "node:buffer";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { entropyPlan, unusedBytes } from "../../dist/src/data/images/entropy.js";
import { jpegHeader } from "../../dist/src/data/images/jpeg-header.js";
import { decodeChecked } from "../../dist/src/data/images/jpeg.js";
import { median } from "./median.mjs";
import { Contestant } from "./process.mjs";

const { values: options } = parseArgs({
  options: { rounds: { type: "string", default: "5" }, json: { type: "boolean", default: false } },
  allowPositionals: true,
});
const rounds = Number(options.rounds);
const path = (name) => fileURLToPath(new URL(name, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "bench-data-"));
const datasets = process.env.LONGTAIL_DATASETS;
const files = datasets
  ? ["train", "test"].map((split) => join(datasets, `cifar10/${split}.jpg32`))
  : [repeated(path("../fixtures/images/nine.jpg32"), 6667)];

/** The parts of a jpg32 file. */
function partsOf(file) {
  const content = readFileSync(file);
  const [count, length] = [content.readUInt32LE(8), content.readUInt32LE(12)];
  const [labels, lengths, data] = [16 + length, 16 + length + count, 16 + length + 3 * count];
  return { content, count, header: content.subarray(16, labels), labels, lengths, data };
}

function repeated(file, times) {
  const { content, count, labels, lengths, data } = partsOf(file);
  const head = Buffer.from(content.subarray(0, labels));
  head.writeUInt32LE(times * count, 8);
  const parts = [content.subarray(labels, lengths), content.subarray(lengths, data), content.subarray(data)];
  const long = join(folder, "long.jpg32");
  writeFileSync(long, Buffer.concat([head, ...parts.flatMap((part) => Array.from({ length: times }, () => part))]));
  return long;
}

/** Microseconds an image: what one thread does, and writing the pixels alone. */
function shares() {
  const { content, count, header, lengths, data } = partsOf(files.at(-1));
  const some = Math.min(count, 5000);
  const source = { file: files.at(-1) };
  const plan = entropyPlan(header, jpegHeader(header, source), source);
  const jpegs = [];
  for (let image = 0, at = data; image < some; image++) {
    const end = at + content.readUInt16LE(lengths + 2 * image);
    jpegs.push(new Uint8Array(Buffer.concat([header, content.subarray(at, end), Buffer.from([0xff, 0xd9])])));
    at = end;
  }
  const pixels = new Uint8Array(new SharedArrayBuffer(3072 * some));
  const one = decodeChecked(jpegs[0]).rgb;
  const timed = (run) => {
    const times = Array.from({ length: 4 }, () => {
      const from = performance.now();
      jpegs.forEach(run);
      return ((performance.now() - from) / some) * 1000;
    });
    return Math.min(...times);
  };
  return {
    "libjpeg's decoding": timed((jpeg) => decodeChecked(jpeg)),
    "the check that an image's data ends where it should": timed((jpeg) =>
      unusedBytes(jpeg, header.length, jpeg.length - 2, plan),
    ),
    "writing the pixels": timed((_, image) => pixels.set(one, 3072 * image)),
  };
}

const python = ["python3", "/usr/bin/python3"].find(
  (command) => spawnSync(command, ["-c", "import numpy, PIL"]).status === 0,
);
const longtail = (threads) =>
  new Contestant(process.execPath, [path("reader.mjs")], { LONGTAIL_THREADS: String(threads) });
const pillow = (processes) => python && new Contestant(python, [path("reader.py"), String(processes)]);
const all = Math.min(availableParallelism(), 64);
const contestants = { "longtail, 1 thread": longtail(1), "Pillow, 1 process": pillow(1) };
if (all > 1) {
  contestants[`longtail, ${all} threads`] = longtail(all);
  contestants[`Pillow, ${all} processes`] = pillow(all);
}

const seconds = {};
for (let round = 0; round <= rounds; round++)
  for (const [name, process_] of Object.entries(contestants)) {
    if (!process_) continue;
    process.stderr.write(`\rround ${round} of ${rounds}: ${name}          `);
    const time = await process_.time(files);
    // The first warms up compilers and the disk's cache.
    if (round > 0) (seconds[name] ??= []).push(time);
  }
process.stderr.write("\n");
for (const contestant of Object.values(contestants)) await contestant?.close();

const medians = Object.fromEntries(Object.entries(seconds).map(([name, times]) => [name, median(times)]));
const parts = shares();
rmSync(folder, { recursive: true });
if (!python) console.log("Pillow: not installed (python3-pil), left out");
console.log(
  `60,000 images of 32 x 32 (${datasets ? "CIFAR-10 as JPEGs" : "nine images over and over"}); medians of ${rounds} interleaved rounds; ` +
    `${cpus()[0].model}, ${cpus().length} cores, Node ${process.version}\n`,
);
console.log("| | seconds | us an image |\n| --- | ---: | ---: |");
for (const [name, time] of Object.entries(medians))
  console.log(`| ${name} | ${time.toFixed(2)} | ${((time * 1e6) / 60_000).toFixed(1)} |`);
for (const [name, time] of Object.entries(parts)) console.log(`| of that: ${name} | | ${time.toFixed(1)} |`);
if (options.json) console.log(JSON.stringify({ rounds, medians, parts }));
