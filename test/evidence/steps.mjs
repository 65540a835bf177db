/**
 * The first steps of a training of ResNet-32 on CIFAR-10-LT, for steps.py to take from the same weights on the same batches:
 * weights before and after, batches as they reach the network, losses.
 *
 *     LONGTAIL_DATASETS=FOLDER node test/evidence/steps.mjs OUT [--epochs 4] [--rate 0.01] [--head 500] [--seed 0]
 *     python3 test/evidence/steps.py OUT
 */
import { Buffer } from "node:buffer";
import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { data, device, experiment, models, random, train } from "longtail";

const { values, positionals } = parseArgs({
  options: {
    epochs: { type: "string", default: "4" },
    rate: { type: "string", default: "0.01" },
    head: { type: "string", default: "500" },
    seed: { type: "string", default: "0" },
  },
  allowPositionals: true,
});
const [out] = positionals;
if (!out) throw new Error("expected a folder to write to");
const [epochs, rate, head, seed] = [values.epochs, values.rate, values.head, values.seed].map(Number);
mkdirSync(out, { recursive: true });

async function dump({ weights, statistics }, name) {
  const all = [];
  for (const { name, variable } of [...weights, ...statistics])
    all.push({ name, shape: variable.shape, values: [...(await variable.data())] });
  writeFileSync(join(out, name), JSON.stringify(all));
}

console.error(String(await device.use()));
const { train: images, test, normalization } = await experiment.longTailed({ name: "cifar10", head, rho: 100 });
const network = models.build("resnet32", { classes: 10, head: "linear", channels: 3, seed });
await dump(network, "before.json");

writeFileSync(join(out, "batches.f32"), "");
const labels = [];
for (let epoch = 0; epoch < epochs; epoch++) {
  const order = random.stream(seed, "shuffle").split(`epoch ${epoch}`);
  const positions = order.shuffle(Uint32Array.from({ length: images.length }, (_, i) => i));
  const augmentation = { stream: random.stream(seed, "augment").split(`epoch ${epoch}`) };
  for (const batch of data.batches(images, { normalization, positions, augmentation })) {
    appendFileSync(join(out, "batches.f32"), Buffer.from((await batch.images.data()).slice().buffer));
    labels.push([...(await batch.labels.data())]);
  }
}

const losses = [];
let before = { sum: 0, images: 0 };
const result = await train.fit({
  ...{ data: { train: images, test, normalization }, epochs, seed, evaluateEvery: epochs, progress: false },
  schedule: { name: "steps", rate, warmup: 0, at: [] },
  async onEvent(event) {
    if (event.type !== "step") return;
    const now = await event.loss.save();
    if (event.at.step === 1) before = { sum: 0, images: 0 };
    losses.push((now.sum - before.sum) / (now.images - before.images));
    before = now;
  },
});
await dump(result.network, "after.json");
writeFileSync(join(out, "steps.json"), JSON.stringify({ rate, labels, losses }));
