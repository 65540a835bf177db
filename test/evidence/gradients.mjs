/**
 * The gradient of each of the first steps of ResNet-32 on CIFAR-10-LT at rate 0.1 without warm-up, with the weights and the
 * batch that it belongs to, for gradients.py to hold against PyTorch's in double precision.
 *
 *     LONGTAIL_DATASETS=FOLDER node test/evidence/gradients.mjs OUT [STEPS, default 13]
 *     python3 test/evidence/gradients.py OUT
 */
import { Buffer } from "node:buffer";
import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { data, device, experiment, models, random } from "longtail";
import * as fused from "longtail/backend/fused";

const [out, steps = "13"] = process.argv.slice(2);
if (!out) throw new Error("expected a folder to write to");
mkdirSync(out, { recursive: true });
console.error(String(await device.use()));
const { train: images, normalization } = await experiment.longTailed({ name: "cifar10", head: 500, rho: 100 });
const network = models.build("resnet32", { classes: 10, head: "linear", channels: 3, seed: 0 });
const weights = network.weights.map(({ variable }) => variable);
const velocities = weights.map((one) => tf.variable(tf.zerosLike(one), false));
const files = ["weights", "gradients", "images"];
for (const name of files) writeFileSync(join(out, `${name}.f32`), "");
const write = async (name, tensors) => {
  for (const one of tensors) appendFileSync(join(out, `${name}.f32`), Buffer.from((await one.data()).slice().buffer));
};

/** Batches of one epoch after the other. */
function* endless() {
  for (let epoch = 0; ; epoch++) {
    const order = random.stream(0, "shuffle").split(`epoch ${epoch}`);
    const positions = order.shuffle(Uint32Array.from({ length: images.length }, (_, i) => i));
    const augmentation = { stream: random.stream(0, "augment").split(`epoch ${epoch}`) };
    yield* data.batches(images, { normalization, positions, augmentation });
  }
}

const [losses, labels] = [[], []];
for (const batch of endless()) {
  await write("weights", weights);
  await write("images", [batch.images]);
  labels.push([...(await batch.labels.data())]);
  const loss = () => fused.crossEntropy(network.logits(batch.images, "train"), batch.labels);
  const { value, grads } = tf.variableGrads(loss, weights);
  const gradients = weights.map(({ name }) => grads[name]);
  await write("gradients", gradients);
  losses.push((await value.data())[0]);
  fused.sgd(weights, gradients, velocities, { learningRate: 0.1, momentum: 0.9, weightDecay: 2e-4 });
  tf.dispose([value, ...gradients]);
  if (losses.length === Number(steps)) break;
}
const names = network.weights.map(({ name, variable }) => ({ name, shape: variable.shape }));
writeFileSync(join(out, "steps.json"), JSON.stringify({ names, losses, labels }));
