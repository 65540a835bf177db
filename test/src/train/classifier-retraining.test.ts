import * as tf from "@tensorflow/tfjs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { use } from "../../../src/backend/device.js";
import { CLASSIFIER, type Named, type Network } from "../../../src/models/index.js";
import { classifierRetraining, fit, type FitResult } from "../../../src/train/index.js";
import { easy, easyData } from "./easy-data.js";

const { model: _, ...shared } = easy;
let base: FitResult;
beforeAll(async () => {
  await use("simd");
  base = await fit({ ...easy, data: easyData, epochs: 5 });
});
afterAll(() => base.dispose());

const values = (list: readonly Named[]): number[][] => list.map(({ variable }) => [...variable.dataSync()]);
const backbone = ({ weights }: Network): Named[] => weights.filter(({ name }) => !name.startsWith(CLASSIFIER));
const classifier = ({ weights }: Network): Named[] => weights.filter(({ name }) => name.startsWith(CLASSIFIER));

test("the backbone stays to the bit but for its running statistics, and a new classifier learns on it", async () => {
  const [before, tensors] = [await base.network.digest(), tf.memory().numTensors];
  const result = await classifierRetraining({ ...shared, base, epochs: 5 });
  expect(values(backbone(result.network))).toEqual(values(backbone(base.network)));
  result.network.statistics.forEach(({ name, variable }, i) => {
    expect([...variable.dataSync()], name).not.toEqual([...base.network.statistics[i]!.variable.dataSync()]);
  });
  expect(result.network.head).toBe("linear");
  // Of four classes, a quarter by chance.
  console.log(`first stage ${base.last.confusion.accuracy}, second ${result.last.confusion.accuracy}`);
  expect(result.last.confusion.accuracy).toBeGreaterThan(0.8);
  expect(result.configuration).toMatchObject({ task: "classifier re-training", initial: before });
  expect(await base.network.digest()).toBe(before);
  result.dispose();
  expect(tf.memory().numTensors).toBe(tensors);
});

test("the new classifier begins elsewhere than the first stage's began, with the same seed", async () => {
  const rate = { name: "cosine", rate: 1e-30 } as const;
  const options = { ...shared, epochs: 1, schedule: rate };
  const [first, second] = [
    await fit({ ...options, model: "small", data: easyData }),
    await classifierRetraining({ ...options, base }),
  ];
  const [old, fresh] = [classifier(first.network), classifier(second.network)].map((list) => values(list)[0]!);
  const cosine = old!.reduce((sum, x, i) => sum + x * fresh![i]!, 0) / Math.hypot(...old!) / Math.hypot(...fresh!);
  expect(Math.abs(cosine)).toBeLessThan(0.3);
  first.dispose();
  second.dispose();
});

test("no gradient runs through the backbone", async () => {
  const kernels = async (run: () => Promise<FitResult>): Promise<string[]> => {
    const { kernelNames } = await tf.profile(async () => {
      (await run()).dispose();
      return tf.scalar(0);
    });
    return kernelNames.filter((name) => /(ConvBatchNorm|ResidualBlock|GlobalAveragePool)Gradient/.test(name));
  };
  const once = { ...shared, epochs: 1 };
  expect(await kernels(() => classifierRetraining({ ...once, base }))).toEqual([]);
  expect(await kernels(() => fit({ ...once, model: "small", data: easyData }))).not.toEqual([]);
});

test("the recipe is ImageNet-LT's, augmentation, seed and normalization are the first stage's", async () => {
  const data = { ...easyData, normalization: { mean: [0, 0, 0], deviation: [1, 1, 1] } };
  const result = await classifierRetraining({ base, data, progress: false, evaluateEvery: 100 });
  expect(result.recipe).toEqual({
    ...base.recipe,
    ...{ epochs: 10, batchSize: 512 },
    rebalance: { ...base.recipe.rebalance, name: "class-aware", from: 8 },
    schedule: { name: "cosine", rate: 0.2, warmup: 0, by: "epoch", fallFirst: true },
    optimizer: { name: "sgd", momentum: 0.9, weightDecay: 5e-4, nesterov: false },
  });
  expect(result.normalization).toEqual(base.normalization);
  expect(result.records.at(-1)!.rate).toBe(0);
  result.dispose();
  const once = await classifierRetraining({ base, progress: false, epochs: 1 });
  expect(once.records[0]!.rate).toBe(0.2);
  once.dispose();
});

test("a seed and an augmentation that the first stage chose go on", async () => {
  const chosen = { seed: 5, augmentation: "none", epochs: 1 } as const;
  const first = await fit({ ...easy, data: easyData, ...chosen });
  const result = await classifierRetraining({ ...shared, base: first, epochs: 1 });
  expect(result.recipe).toMatchObject(chosen);
  for (const one of [first, result]) one.dispose();
});

describe("what goes wrong is said", () => {
  const cases: [name: string, options: object, message: RegExp][] = [
    ["a network in place of a result", { base: { network: undefined } }, /base must be a FitResult/],
    ["another model", { model: "resnet10" }, /no parameter "model"/],
    ["another loss", { loss: "ldam" }, /no parameter "loss"/],
  ];
  test.each(cases)("%s", async (_name, options, message) => {
    await expect(classifierRetraining({ ...shared, base, ...options })).rejects.toThrow(message);
  });
});
