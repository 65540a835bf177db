/**
 * What JPEG re-encoding costs: the same CIFAR-10 images (those of which the exact bytes are there), learned from and tested
 * on as they are, and re-encoded (quality 75, colours at half the size); all of them, or a long tail. A line of JSON for each run.
 *
 *     LONGTAIL_DATASETS=FOLDER node test/evidence/jpeg.mjs [--seeds 0,1,2] [--model small] [--epochs 60] [--rho 100] [--methods CE,LDAM-DRW]
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { gunzipSync } from "node:zlib";
import { data, device, random, tail, train } from "longtail";
import { METHODS, methodsNamed } from "./ce-and-ldam.mjs";

const { values: options } = parseArgs({
  options: {
    seeds: { type: "string", default: "0,1,2" },
    model: { type: "string", default: "small" },
    epochs: { type: "string", default: "60" },
    rho: { type: "string" },
    methods: { type: "string", default: "CE" },
  },
});

const methods = methodsNamed(options.methods);

const RECORD = 3073;
const root = data.datasetsFolder();
const { files } = JSON.parse(readFileSync(join(root, "index.json"), "utf8"));

/** Exact images of a split in the order of the official one, and the same re-encoded. */
async function both(split, name) {
  const records = gunzipSync(readFileSync(join(root, name)));
  const ranges = files[name].official_index_ranges;
  const positions = ranges.flatMap(([from, to]) => Array.from({ length: to - from }, (_, i) => from + i));
  const encoded = await data.load("cifar10", { split });
  const bytes = new Uint8Array(positions.length * 3072);
  const labels = new Uint8Array(positions.length);
  positions.forEach((position, i) => {
    labels[i] = records[i * RECORD];
    if (labels[i] !== encoded.labels[position]) throw new Error(`${name}: record ${i} is not image ${position}`);
    for (let p = 0; p < 1024; p++)
      for (let c = 0; c < 3; c++) bytes[i * 3072 + p * 3 + c] = records[i * RECORD + 1 + c * 1024 + p];
  });
  const exact = { ...encoded, bytes, labels, shape: [positions.length, 32, 32, 3] };
  return { exact: data.Examples.of(exact), encoded: data.Examples.of(encoded, positions) };
}

const training = await both("train", "cifar10/train-exact-8068.bin.gz");
const testing = await both("test", "cifar10/test-exact-1017.bin.gz");
console.error(String(await device.use()));

/** The images of a seed: all, or a long tail as long as it can be. */
function imagesOf(seed) {
  const { labels } = training.exact;
  if (!options.rho) return Array.from(labels.keys());
  const head = Math.min(...tail.countLabels(labels, 10));
  const counts = tail.exponentialProfile({ classes: 10, head, rho: Number(options.rho) });
  return tail.subset(labels, { counts, random: new random.RandomState(seed) });
}

const [model, epochs] = [options.model, Number(options.epochs)];
for (const seed of options.seeds.split(",").map(Number))
  for (const method of methods)
    for (const kind of ["exact", "encoded"]) {
      const images = training[kind].select(imagesOf(seed));
      const { last, best } = await train.fit({
        data: { train: images, test: testing[kind] },
        ...METHODS[method],
        ...{ model, epochs, batchSize: 64, seed, evaluateEvery: 5, progress: false },
      });
      const scores = { last: last.confusion.accuracy, best: best.confusion.accuracy };
      const run = { kind, seed, method, model, epochs, rho: Number(options.rho ?? 1), images: images.length };
      console.log(JSON.stringify({ ...run, ...scores }));
    }
process.exit(0);
