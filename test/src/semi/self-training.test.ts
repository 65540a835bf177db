import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import { use } from "../../../src/backend/device.js";
import { batches } from "../../../src/data/index.js";
import { ldam } from "../../../src/losses/index.js";
import { effectiveNumberWeights, makeRebalance, resolveRebalance } from "../../../src/rebalance/index.js";
import { pseudoLabel, selfTraining } from "../../../src/semi/index.js";
import { fit, type TrainEvent } from "../../../src/train/index.js";
import { fitBy } from "../../../src/train/fit.js";
import { supervised } from "../../../src/train/supervised.js";
import { easy, easySemiData as data } from "../train/easy-data.js";
import { easyImages } from "../train/easy-images.js";

beforeAll(() => use("simd"));

const short = { ...easy, data, augmentation: "none", epochs: 2 } as const;

test("it learns: pseudo-labels are mostly right, and the final network no worse than the base", async () => {
  const result = await selfTraining({ ...short, epochs: 8 });
  const { pseudoLabels } = result.rounds[0]!;
  expect(pseudoLabels.quality().accuracy).toBeGreaterThan(0.6);
  const [base, final] = [result.base, result.final].map(({ last }) => last.confusion.accuracy);
  expect(final).toBeGreaterThan(0.65);
  expect(final).toBeGreaterThan(base! - 0.1);
  expect(String(result)).toMatch(/^ +test set[^]*\nbase\n +last epoch +8 [^]*\nwith D_U\n +last epoch +8 /);
  const lines = String(pseudoLabels).split("\n");
  expect(lines[0]).toBe(`${data.unlabeled.length} of ${data.unlabeled.length} images kept with their pseudo-labels`);
  expect(lines.slice(3).map((line) => Number(line.split(/ +/).at(-3)))).toEqual(pseudoLabels.counts());
  result.dispose();
});

test("the final network is one that was trained on the pool of both sets, in batches of 256", async () => {
  const { batchSize: _, ...rest } = short;
  const result = await selfTraining({ ...rest, loss: "ldam", rebalance: "drw", baseRecipe: { batchSize: 32 } });
  expect([result.base.recipe.batchSize, result.final.recipe.batchSize]).toEqual([32, 256]);
  const { network, normalization } = result.base;
  const found = await pseudoLabel(network, data.unlabeled, data.train.classes, { normalization, scale: 30 });
  const ours = result.rounds[0]!.pseudoLabels;
  expect([ours.labels, ours.confidence]).toEqual([found.labels, found.confidence]);
  const pool = { ...data, train: data.train.concat(found.examples) };
  const byHand = await fit({ ...rest, loss: "ldam", rebalance: "drw", batchSize: 256, data: pool });
  expect(await result.final.network.digest()).toBe(await byHand.network.digest());
  byHand.dispose();
  result.dispose();
});

test("what a recipe of one training leaves undefined is that of both", async () => {
  const { batchSize: _, ...rest } = short;
  const nothing = { loss: undefined, rebalance: undefined, epochs: undefined, batchSize: undefined } as object;
  const options = {
    ...rest,
    loss: "ldam",
    rebalance: "drw",
    epochs: 1,
    baseRecipe: nothing,
    finalRecipe: nothing,
  } as const;
  const result = await selfTraining(options);
  const recipes = [result.base, result.final].map(({ recipe }) => recipe);
  for (const { loss, rebalance, epochs } of recipes)
    expect([loss.name, rebalance.name, epochs]).toEqual(["ldam", "drw", 1]);
  expect(recipes.map(({ batchSize }) => batchSize)).toEqual([128, 256]);
  result.dispose();
});

test("a base that is given is not trained, changed or disposed of; each round labels by the network of the one before", async () => {
  const base = await fit(short);
  const before = await base.network.digest();
  let steps = 0;
  const onEvent = (event: TrainEvent): void => void (steps += Number(event.type === "step"));
  const result = await selfTraining({ ...short, base, rounds: 2, finalRecipe: { epochs: 1, batchSize: 85 }, onEvent });
  expect(steps).toBe(2 * 2); // 170 images
  const [first, second] = result.rounds;
  const { network, normalization } = first!.fit;
  const found = await pseudoLabel(network, data.unlabeled, data.train.classes, { normalization });
  expect(second!.pseudoLabels.labels).toEqual(found.labels);
  expect(result.final).toBe(second!.fit);
  result.dispose();
  expect(await base.network.digest()).toBe(before);
  base.dispose();
});

test("images of other classes, more than there are to learn, get labels as any", async () => {
  const strange = easyImages([10, 10, 10, 10], 9);
  const unlabeled = strange.relabel(
    strange.labels.map((label) => label + 5),
    Array.from({ length: 9 }, (_, c) => `other ${c}`),
  );
  for (const omega of [{}, { omega: 3 }]) {
    const result = await selfTraining({ ...short, ...omega, epochs: 1, data: { ...data, unlabeled } });
    expect(result.rounds[0]!.pseudoLabels.counts()).toHaveLength(4);
    expect(result.final.network.classes).toBe(4);
    result.dispose();
  }
});

test("class weights go by all images that are trained on, samplers by those they choose from", async () => {
  const { labels } = data.train; // 30, 30, 15, 15
  const pooled = [500, 30, 15, 80];
  const of = (name: "reweight" | "none", counts?: number[]) =>
    makeRebalance(resolveRebalance(name, 0), labels, 4, counts);
  expect(of("reweight", pooled).weights(0)).toEqual(effectiveNumberWeights(pooled, 0.9999));
  expect(of("reweight").weights(0)).toEqual(effectiveNumberWeights([30, 30, 15, 15], 0.9999));
  expect(of("none", pooled).sampler.classMass(0)).toEqual([1 / 3, 1 / 3, 1 / 6, 1 / 6]);
  let given: readonly number[] | undefined;
  const result = await fitBy(
    { task: "test" },
    { ...short, epochs: 1, rebalance: "reweight" },
    (network, task) => {
      given = task.rebalance.weights(0);
      return supervised(network, task);
    },
    { counts: pooled },
  );
  expect(given).toEqual(effectiveNumberWeights(pooled, 0.9999));
  result.dispose();
});

test("with omega, margins and class weights go by the pool of both sets", async () => {
  // The network does not move, and each image is in the one batch.
  const still = { epochs: 1, batchSize: 170, schedule: { name: "cosine", rate: 1e-30 } } as const;
  const method = { loss: "ldam", rebalance: { name: "drw", from: 0 }, omega: 3 } as const;
  const result = await selfTraining({ ...short, ...still, ...method });
  const { pseudoLabels, fit } = result.rounds[0]!;
  const found = pseudoLabels.counts();
  const counts = [30, 30, 15, 15].map((n, c) => n + found[c]!);
  const options = { counts, weights: effectiveNumberWeights(counts, 0.9999) };
  const pool = data.train.concat(pseudoLabels.examples);
  for (const { images, labels } of batches(pool, { normalization: fit.normalization, batchSize: 170 })) {
    const [ours, theirs] = tf.tidy(() => {
      const cosines = fit.network.logits(images, "batch");
      return [tf.split(cosines, [90, 80]), tf.split(labels, [90, 80])]
        .reduce<tf.Tensor[][]>((pairs, parts) => parts.map((part, i) => [...(pairs[i] ?? []), part]), [])
        .map(([logits, truth]) => ldam(logits as tf.Tensor2D, truth as tf.Tensor1D, options).dataSync()[0]!);
    });
    expect(fit.records[0]!.loss).toBeCloseTo((ours! + 3 * theirs!) / 4, 4);
  }
  result.dispose();
});

test("images are labeled with the scale of the base's loss, which may be another than the final one's", async () => {
  const base = await fit({ ...short, epochs: 1, loss: { name: "ldam", scale: 10 } });
  const result = await selfTraining({ ...short, base, epochs: 1 });
  const how = { normalization: base.normalization, scale: 10 };
  const found = await pseudoLabel(base.network, data.unlabeled, data.train.classes, how);
  expect(result.rounds[0]!.pseudoLabels.confidence).toEqual(found.confidence);
  for (const one of [result, base]) one.dispose();
});

describe("what cannot be is refused, and leaves nothing behind", () => {
  const { unlabeled: _, ...labeled } = data;
  const cases: [name: string, options: object, message: string][] = [
    ["no unlabeled images", { data: labeled }, "selfTraining: expected unlabeled images in data.unlabeled, found none"],
    ["an empty set of them", { data: { ...data, unlabeled: data.unlabeled.select([]) } }, "found none"],
    ["a threshold that nothing reaches", { threshold: 1 }, "no image is as confident as threshold asks; lower it"],
    ["an omega of 0", { omega: 0 }, "omega must be a finite number > 0"],
    ...["resample", "drs", "balanced", "class-aware"].map((name): [string, object, string] => [
      `omega beside "${name}"`,
      { omega: 5, rebalance: name },
      `expected a rebalance that does not re-sample beside omega, found "${name}"`,
    ]),
    ["no rounds", { rounds: 0 }, "rounds must be an integer from 1"],
    ["a misspelt option", { treshold: 0.5 }, 'there is no parameter "treshold"'],
    [
      "a misspelt part of a recipe",
      { finalRecipe: { epoch: 3 } },
      'selfTraining: finalRecipe: there is no parameter "epoch"',
    ],
    ["another part", { baseRecipe: { omega: 3 } }, 'selfTraining: baseRecipe: there is no parameter "omega"'],
    [
      "pairs of one",
      { omega: 1, finalRecipe: { batchSize: 1 } },
      "batches of 2 or more, found 80 images and batches of 1",
    ],
  ];
  test.each(cases)("%s", async (_name, options, message) => {
    const before = tf.memory().numTensors;
    const attempt = selfTraining({ ...short, epochs: 1, ...options });
    await expect(attempt).rejects.toThrow(RangeError);
    await expect(attempt).rejects.toThrow(message);
    expect(tf.memory().numTensors).toBe(before);
  });

  test("a base of other classes", async () => {
    const train = data.train.relabel(new Uint16Array(data.train.length), ["one", "two"]);
    const base = await fit({ ...short, epochs: 1, data: { train, test: train } });
    await expect(selfTraining({ ...short, base })).rejects.toThrow("base: expected 4 classes, found 2");
    for (const part of [base.network, base.classifier])
      await expect(selfTraining({ ...short, base: part as never })).rejects.toThrow(
        /selfTraining: base must be a FitResult, as train\.fit gives it \(got \[(Network|Classifier): .+\]\)$/,
      );
    expect(await base.network.digest()).toMatch(/^[0-9a-f]{64}$/);
    base.dispose();
  });

  test("a base of the same classes in another order", async () => {
    const base = await fit({ ...short, epochs: 1 });
    const train = data.train.relabel(data.train.labels, data.train.classes.toReversed());
    const [first, last] = [data.train.classes[0]!, data.train.classes.at(-1)!];
    await expect(selfTraining({ ...short, base, data: { ...data, train, test: train } })).rejects.toThrow(
      `selfTraining: base: expected class 0 to be "${last}", found "${first}"`,
    );
    base.dispose();
  });
});
