/**
 * What data cost beside training: the share of a training step that waits for its batch (gathered, cropped, mirrored and
 * normalized), for ResNet-32 at batch 128 and the small ResNet of test/evidence at 64; and how long it takes to draw stickers
 * and to read CIFAR-10's binary version (files of that form, written first, so that they are in the disk's cache).
 *
 *     npm run bench -- batches [--rounds 5] [--json]
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import * as tf from "@tensorflow/tfjs";
import { data, device, random } from "longtail";
import * as fused from "longtail/backend/fused";
import * as small from "../evidence/network.mjs";
import { median } from "./median.mjs";
import * as resnet32 from "./resnet32.mjs";

const { values: options } = parseArgs({
  options: { rounds: { type: "string", default: "5" }, json: { type: "boolean", default: false } },
  allowPositionals: true,
});
const rounds = Number(options.rounds);
const { name } = await device.use();
const seconds = (from) => (performance.now() - from) / 1000;

const started = performance.now();
const examples = data.Examples.of(data.stickers({ counts: 130 }));
const drawing = (seconds(started) / examples.length) * 1e6;
const normalization = data.normalizationOf(examples);

/** Share of the time that a loop over batches waits for them. */
function waiting(batchSize, step) {
  const stream = random.stream(1);
  const from = performance.now();
  let waited = 0;
  let asked = performance.now();
  for (const batch of data.batches(examples, { normalization, batchSize, augmentation: { stream } })) {
    waited += performance.now() - asked;
    step(batch);
    asked = performance.now();
  }
  return waited / 1000 / seconds(from);
}

const deep = resnet32.variables(fused);
const oneHot = (labels) => tf.tidy(() => tf.oneHot(labels, 10).toFloat());
const deepStep = ({ images, labels }) => {
  const hot = oneHot(labels);
  resnet32.step(deep, { images, labels: hot });
  hot.dispose();
};
const shallow = small.network(10, 1);
const shallowStep = (batch) =>
  small.step(shallow, batch, { lossOf: (logits, labels) => fused.crossEntropy(logits, labels), rate: 0.05 });

const folder = mkdtempSync(join(tmpdir(), "bench-batches-"));
const records = new Uint8Array(10_000 * 3073).map((_, i) => (i % 3073 === 0 ? (i / 3073) % 10 : i % 251));
for (const file of ["data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5", "test_batch"])
  writeFileSync(join(folder, `${file}.bin`), records);

const found = {};
const note = (what, value) => (found[what] ??= []).push(value);
try {
  for (let round = 0; round <= rounds; round++) {
    const shares = [waiting(128, deepStep), waiting(64, shallowStep)];
    const from = performance.now();
    for (const split of ["train", "test"]) await data.readCifar10(folder, { split });
    const reading = seconds(from);
    if (round === 0) continue; // warms up
    note("a step of ResNet-32, batch 128, waits for its batch, %", 100 * shares[0]);
    note("a step of the small ResNet, batch 64, waits for its batch, %", 100 * shares[1]);
    note("reading CIFAR-10, 60,000 images, s", reading);
  }
} finally {
  rmSync(folder, { recursive: true });
}
note("drawing a sticker, us (once)", drawing);
const medians = Object.fromEntries(Object.entries(found).map(([what, values]) => [what, median(values)]));
console.log(
  `${name}, ${cpus().length} cores of ${cpus()[0].model}, Node ${process.version}; medians of ${rounds} rounds\n`,
);
console.log("| | |\n| --- | ---: |");
for (const [what, value] of Object.entries(medians)) console.log(`| ${what} | ${value.toFixed(2)} |`);
if (options.json) console.log(JSON.stringify({ rounds, medians }));
