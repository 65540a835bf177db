import * as tf from "@tensorflow/tfjs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { use } from "../../../src/backend/device.js";
import { batches } from "../../../src/data/index.js";
import { features } from "../../../src/eval/index.js";
import { build, MEMORY, type Network } from "../../../src/models/index.js";
import { effectiveNumberWeights, makeRebalance, resolveRebalance } from "../../../src/rebalance/index.js";
import { fit, oltr, type FitResult } from "../../../src/train/index.js";
import { memorizing } from "../../../src/train/memorizing.js";
import { easy, easyData } from "./easy-data.js";
import { easyImages } from "./easy-images.js";
import { prepared } from "./prepared.js";

const { model: _, ...shared } = easy;
let base: FitResult;
beforeAll(async () => {
  await use("simd");
  base = await fit({ ...easy, data: easyData, epochs: 5 });
});
afterAll(() => base.dispose());

const valuesOf = (network: Network, name: string): Float32Array =>
  network.weights.find((one) => one.name === name)!.variable.dataSync<"float32">();

/** Mean features of each class, in double precision. */
function means(found: Float32Array, labels: ArrayLike<number>, classes: number): number[] {
  const width = found.length / labels.length;
  const own = (c: number): number[] => Array.from(labels, (y, i) => (y === c ? i : -1)).filter((i) => i >= 0);
  return Array.from({ length: classes * width }, (_, at) => {
    const these = own(Math.floor(at / width));
    return these.reduce((sum, i) => sum + found[i * width + (at % width)]!, 0) / these.length;
  });
}
const farthest = (found: ArrayLike<number>, expected: ArrayLike<number>): number => {
  expect(found.length).toBe(expected.length);
  return Math.max(...Array.from(expected, (one, i) => Math.abs(one - found[i]!)));
};

test("it learns, from a classifier that is new", async () => {
  const [before, tensors] = [await base.network.digest(), tf.memory().numTensors];
  const result = await oltr({ ...shared, base, epochs: 5 });
  console.log(`first stage ${base.last.confusion.accuracy}, OLTR ${result.last.confusion.accuracy}`);
  expect(result.last.confusion.accuracy).toBeGreaterThan(0.8);
  expect(result.network.head).toBe("meta-embedding");
  expect(result.configuration).toMatchObject({ task: "oltr", initial: before, featureRate: 0.1, centroidWeight: 0.01 });
  expect(result.recipe).toMatchObject({ rebalance: { name: "class-aware" }, optimizer: { weightDecay: 5e-4 } });
  expect(await base.network.digest()).toBe(before);
  result.dispose();
  expect(tf.memory().numTensors).toBe(tensors);
});

test("rate 0 for features: backbone and memory stay, the memory at the means of its classes' features", async () => {
  const result = await oltr({ ...shared, base, epochs: 1, featureRate: 0 });
  const { train } = easyData;
  const { normalization } = base;
  const found = await features(base.network, train, { normalization });
  const scale = Math.max(...found);
  expect(farthest(valuesOf(result.network, MEMORY), means(found, train.labels, 4))).toBeLessThan(1e-6 * scale);
  for (const { name, variable } of result.network.weights)
    if (!name.startsWith("classifier/")) expect([...variable.dataSync()]).toEqual([...valuesOf(base.network, name)]);
  const [now, then] = [
    valuesOf(result.network, "classifier/hallucinator/matrix"),
    valuesOf(base.network, "classifier/matrix"),
  ];
  expect(now).not.toEqual(then);
  result.dispose();
});

test("one step moves the memory by the centroid loss alone, at a tenth of the rate", async () => {
  const train = easyImages([3, 5, 2, 1], 5);
  const { normalization } = base;
  const [rate, decay, weight] = [2, 0.01, 0.5];
  const optimizer = { name: "sgd", weightDecay: decay } as const;
  const once = { rebalance: "none", augmentation: "none", progress: false, epochs: 1, optimizer } as const;
  const schedule = { name: "cosine", rate } as const;
  const data = { train, test: train };
  const result = await oltr({ base, data, ...once, schedule, centroidWeight: weight });

  // All images are one batch, in any order.
  let f: Float32Array = new Float32Array();
  for (const { images } of batches(train, { normalization, batchSize: 11 }))
    f = tf.tidy(() => base.network.features(images, "batch").dataSync<"float32">());
  const width = f.length / 11;
  const c = means(await features(base.network, train, { normalization }), train.labels, 4);
  const counts = train.counts();
  const apart = [...train.labels].flatMap((y, i) =>
    [0, 1, 2, 3].flatMap((k) =>
      k === y ? [] : Array.from({ length: width }, (_, j) => (f[i * width + j]! - c[k * width + j]!) ** 2),
    ),
  );
  const repels = apart.reduce((a, b) => a + b) / 44 < 10;
  const expected = c.map((value, at) => {
    const [k, j] = [Math.floor(at / width), at % width];
    let [pull, push] = [0, 0];
    train.labels.forEach((y, i) => {
      const difference = value - f[i * width + j]!;
      if (y === k) pull += difference / (1 + counts[k]!) / 11;
      else if (repels) push -= (2 * difference * 0.01 * weight) / 44;
    });
    return value - 0.1 * rate * (pull + push + decay * value);
  });
  const moved = farthest(expected, c);
  const error = farthest(valuesOf(result.network, MEMORY), expected);
  console.log(
    `the memory moved by up to ${moved.toExponential(1)}, off by ${error.toExponential(1)}; repels: ${repels}`,
  );
  expect(error).toBeLessThan(1e-4 * moved);

  // Its weight is in what the backbone learns from it, and not in the pull on the memory.
  const without = await oltr({ base, data, ...once, schedule, centroidWeight: 0 });
  expect(repels).toBe(false);
  expect(valuesOf(without.network, MEMORY)).toEqual(valuesOf(result.network, MEMORY));
  expect(valuesOf(without.network, "stem/filter")).not.toEqual(valuesOf(result.network, "stem/filter"));
  without.dispose();
  result.dispose();
});

test("the recipe is ImageNet-LT's second stage: 60 epochs, a tenth of the rate after each third", async () => {
  const train = easyImages([3, 5, 2, 1], 5);
  const options = { base, data: { train, test: train }, progress: false, evaluateEvery: 100 } as const;
  const result = await oltr(options);
  expect(result.recipe).toMatchObject({ epochs: 60, batchSize: 128, augmentation: base.recipe.augmentation });
  expect(result.recipe.rebalance.name).toBe("class-aware");
  [0.1, 0.1, 0.01, 0.01, 0.001, 0.001].forEach((rate, i) =>
    expect(result.records[[0, 19, 20, 39, 40, 59][i]!]!.rate).toBeCloseTo(rate, 12),
  );
  result.dispose();
  const once = await oltr({ ...options, epochs: 1 });
  expect(once.records[0]!.rate).toBe(0.1);
  once.dispose();
});

test("it begins with the first stage's classifier; class weights are those of the epoch", async () => {
  const train = easyImages([3, 5, 2, 1], 5);
  const network = build("small", { classes: 4, head: "meta-embedding", channels: 3, seed: 0 });
  const seen = new Set<readonly number[] | undefined>();
  const task = await memorizing(network, {
    ...{ train, test: train, normalization: base.normalization, base: base.network },
    ...{ featureRate: 0.1, centroidWeight: 0.01, batchSize: 11, augmentation: "none", seed: 0 },
    rebalance: makeRebalance(resolveRebalance({ name: "drw", from: 1 }, 0), train.labels, 4),
    loss: (logits, _labels, weights) => (seen.add(weights), tf.sum(logits)),
  });
  // What calls centroids to mind begins as the first stage's classifier.
  for (const part of ["matrix", "bias"])
    expect(valuesOf(network, `classifier/hallucinator/${part}`)).toEqual(valuesOf(base.network, `classifier/${part}`));
  for (const epoch of [0, 1]) for (const step of task.steps({ epoch, step: 0 })) tf.tidy(() => prepared(step).loss());
  expect([...seen]).toEqual([undefined, effectiveNumberWeights([3, 5, 2, 1], 0.9999)]);
  network.dispose();
});

test("what cannot be is refused", async () => {
  await expect(oltr({ ...shared, base, featureRate: -1 })).rejects.toThrow("featureRate must be a finite number >= 0");
  await expect(oltr({ ...shared, base, loss: "focal" } as never)).rejects.toThrow('no parameter "loss"');
});
