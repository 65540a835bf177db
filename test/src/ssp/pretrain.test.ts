import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import { use } from "../../../src/backend/device.js";
import { Examples, mocoAugmentation, simclrAugmentation, stickers } from "../../../src/data/index.js";
import { jigsaw, moco, rotation, simclr, type Pretrained, type PretrainOptions } from "../../../src/ssp/index.js";
import { fit } from "../../../src/train/index.js";
import { easy } from "../train/easy-data.js";
import { easyImages } from "../train/easy-images.js";

beforeAll(() => use("simd"));

const data = { train: easyImages([20, 8, 4, 1], 1), test: easyImages([2, 2, 2, 2], 2) };
const short = { ...easy, data, batchSize: 16, epochs: 1 };

const METHODS: Record<string, (options: object) => Promise<Pretrained>> = {
  rotation: (options) => rotation({ ...short, ...options }),
  "rotation, all": (options) => rotation({ ...short, rotations: "all", ...options }),
  jigsaw: (options) => jigsaw({ ...short, ...options }),
  moco: (options) => moco({ ...short, queue: 32, ...options }),
  simclr: (options) => simclr({ ...short, ...options }),
};

describe.each(Object.entries(METHODS))("%s", (name, pretrain) => {
  test("does not look at labels; looks at the seed", async () => {
    const digest = async (options: object) => {
      const result = await pretrain(options);
      const found = await result.network.digest();
      result.dispose();
      return found;
    };
    const expected = await digest({});
    const { train, test } = data;
    const others = [train.relabel(train.labels.toReversed()), train.relabel(new Uint16Array(train.length), ["one"])];
    for (const other of others)
      expect(await digest({ data: { train: other, test: test.relabel(new Uint16Array(8), other.classes) } })).toBe(
        expected,
      );
    expect(await digest({ seed: 1 })).not.toBe(expected);
  });

  test("shows whole epochs, the rest of one image among them, or whole batches alone", async () => {
    let images = 0;
    const result = await pretrain({
      onEvent: (event: { type: string; images?: number }) => void (images += event.type === "step" ? event.images! : 0),
    });
    expect(images).toBe(["moco", "simclr"].includes(name) ? 32 : 33);
    expect(Number.isFinite(result.records[0]!.loss)).toBe(true);
    expect(String(result)).toMatch(/^epochs +loss +(rotation|jigsaw|neighbours)\n.*\n *1 /);
    result.dispose();
  });
});

describe("what is not chosen is as each method says", () => {
  const sgd = (weightDecay: number) => ({ name: "sgd", momentum: 0.9, weightDecay, nesterov: false });
  const cosine = { name: "cosine", warmup: 0, fallFirst: false };
  const paper = {
    schedule: { name: "steps", rate: 0.1, warmup: 5, warmupBy: "epoch", at: [160, 180], factor: 0.01 },
    optimizer: sgd(2e-4),
    augmentation: { pad: 4, mirror: true },
  };
  type Run = (options: PretrainOptions) => Promise<Pretrained>;
  const methods: [name: string, run: Run, expected: object][] = [
    ["rotation", rotation, { rotations: "one", ...paper }],
    ["jigsaw", jigsaw, { grid: 2, orders: 24, ...paper }],
    ["jigsaw, nine tiles", (options) => jigsaw({ ...options, grid: 3 }), { grid: 3, orders: 30, ...paper }],
    [
      "moco",
      moco,
      {
        ...{ queue: 4096, momentum: 0.999, temperature: 0.2, dimension: 128, groups: 8, views: mocoAugmentation },
        ...{ schedule: { ...cosine, rate: 0.015, by: "epoch" }, optimizer: sgd(1e-4) },
      },
    ],
    [
      "simclr",
      simclr,
      {
        ...{ temperature: 0.5, dimension: 128, views: simclrAugmentation },
        ...{ schedule: { ...cosine, rate: 0.1, by: "step" }, optimizer: sgd(1e-4) },
      },
    ],
  ];
  test.each(methods)("%s", async (_name, run, expected) => {
    const folder = mkdtempSync(join(tmpdir(), "longtail-pretrain-"));
    const many = { train: easyImages([32, 32, 32, 32], 1) };
    const onEvent = () => Promise.reject(new Error("it begins"));
    await expect(run({ data: many, folder, progress: false, onEvent })).rejects.toThrow("it begins");
    const { configuration } = JSON.parse(readFileSync(join(folder, "config.json"), "utf8")) as Pretrained;
    expect(configuration).toMatchObject({ model: "resnet32", epochs: 200, batchSize: 128, seed: 0, ...expected });
    rmSync(folder, { recursive: true });
  });
});

test("the learning rate is that of the schedule, or else of the method's", async () => {
  const ratesOf = async (options: object) => {
    const result = await rotation({ ...short, epochs: 2, ...options });
    result.dispose();
    return result.records.map(({ rate }) => rate);
  };
  expect(await ratesOf({ schedule: { name: "steps", rate: 0.02, at: [1], factor: 0.5 } })).toEqual([0.02, 0.01]);
  const paper = await ratesOf({ schedule: "paper" });
  expect(paper).not.toEqual(await ratesOf({}));
  expect(await ratesOf({ schedule: undefined })).toEqual(paper);
});

test("without test images, there are no metrics", async () => {
  for (const pretrain of Object.values(METHODS)) {
    const result = await pretrain({ data: { train: data.train } });
    expect(result.records[0]!.metrics).toEqual({});
    result.dispose();
  }
});

test("without test images, a run is kept in its folder", async () => {
  const folder = mkdtempSync(join(tmpdir(), "longtail-pretrain-"));
  const result = await rotation({ ...short, data: { train: data.train }, folder });
  expect(result.configuration).toMatchObject({ data: { train: data.train.digest() } });
  const again = await rotation({ ...short, data: { train: data.train }, folder });
  expect(again.id).toBe(result.id);
  for (const one of [result, again]) one.dispose();
  rmSync(folder, { recursive: true });
});

test("what was learned goes on: all but the classifier is taken over", async () => {
  const result = await rotation(short);
  const next = await fit({ ...short, initial: result.network, schedule: { name: "steps", rate: 1e-12 } });
  const filters = [result.network, next.network].map(({ weights }) => [...weights[0]!.variable.dataSync()]);
  filters[0]!.forEach((value, i) => expect(filters[1]![i]).toBeCloseTo(value, 6));
  expect(next.network.classes).toBe(4);
  result.dispose();
  next.dispose();
});

test("options that are undefined were not given", async () => {
  const result = await simclr({ ...short, epochs: 2, evaluateEvery: undefined, views: { scale: undefined } });
  expect(result.records.map(({ metrics }) => Object.keys(metrics))).toEqual([[], ["neighbours"]]);
  expect(result.configuration).toMatchObject({ views: { scale: [0.08, 1], greyscale: 0.2 } });
  result.dispose();
});

test("MoCo warns of a queue that holds images more than once", async () => {
  const warnings: string[] = [];
  const listen = ({ message }: Error): void => void warnings.push(message);
  process.on("warning", listen);
  const lengths = [];
  for (const queue of [32, 64]) {
    (await moco({ ...short, queue })).dispose();
    await new Promise(setImmediate);
    lengths.push(warnings.filter((one) => one.includes("queue")).length);
  }
  process.off("warning", listen);
  expect(lengths).toEqual([0, 1]);
  expect(warnings.join()).toContain(
    "moco: a queue of 64 keys for 33 images holds older views of the image that is to be told from others; choose a queue of 32 or fewer",
  );
});

describe("what cannot be is refused, and leaves nothing behind", () => {
  const wide = Examples.of({ ...stickers({ counts: 1 }), shape: [20, 16, 32, 3], labels: new Uint16Array(20) });
  type Case = [name: string, call: () => Promise<unknown>, message: string | RegExp];
  const cases: Case[] = [
    [
      "images that are not square",
      () => rotation({ ...short, data: { train: wide, test: wide } }),
      "expected square images, found 16 x 32",
    ],
    [
      "another number of rotations",
      () => rotation({ ...short, rotations: "two" as never }),
      'rotations must be "one" or "all"',
    ],
    ["a grid of 4", () => jigsaw({ ...short, grid: 4 as never }), "grid must be 2 or 3 (got 4)"],
    [
      "25 orders of four tiles",
      () => jigsaw({ ...short, orders: 25 }),
      "orders must be an integer from 2 to 24 (got 25)",
    ],
    ["one order", () => jigsaw({ ...short, grid: 3, orders: 1 }), "orders must be an integer from 2 to 1000"],
    [
      "a queue of no whole batches",
      () => moco({ ...short, queue: 40 }),
      "queue must be a multiple of batchSize 16 (got 40)",
    ],
    [
      "groups that a batch has not",
      () => moco({ ...short, queue: 32, groups: 5 }),
      "batchSize must be a multiple of groups 5 (got 16)",
    ],
    ["a momentum of 1", () => moco({ ...short, queue: 32, momentum: 1 }), "momentum must be a number in [0, 1)"],
    ["a temperature of 0", () => simclr({ ...short, temperature: 0 }), "temperature must be a finite number > 0"],
    ["pairs without others", () => simclr({ ...short, batchSize: 1 }), "batchSize must be 2 or more"],
    [
      "fewer images than a batch",
      () => simclr({ ...short, batchSize: 34 }),
      "expected 34 images (batchSize) or more to learn from, found 33",
    ],
    ["the same for MoCo", () => moco({ ...short, batchSize: 64, queue: 64 }), "expected 64 images (batchSize) or more"],
    [
      "a misspelt view",
      () => simclr({ ...short, views: { grayscale: 1 } as never }),
      'there is no parameter "grayscale"',
    ],
    ["a loss", () => rotation({ ...short, loss: "ldam" } as never), 'there is no parameter "loss"'],
    ...(["simclr", "moco"] as const).flatMap((method): Case[] => [
      [
        `${method}: test images of classes in another order`,
        () =>
          METHODS[method]!({
            data: { ...data, test: data.test.relabel(data.test.labels, data.test.classes.toReversed()) },
          }),
        /data\.test, whose classes .* expected class 0 to be/,
      ],
      [
        `${method}: no classes to learn from, and test images of some`,
        () =>
          METHODS[method]!({
            data: { ...data, train: data.train.relabel(new Uint16Array(data.train.length), ["one"]) },
          }),
        /without it nothing is measured\): expected 1 classes, found 4/,
      ],
    ]),
    [
      "one set",
      () => rotation({ ...short, data: data.train as never }),
      "expected { train, test }, both data.Examples",
    ],
    ["no images", () => rotation({ ...short, data: { test: data.test } as never }), "train must be data.Examples"],
    ["an unknown model", () => simclr({ ...short, model: "resnet33" }), /resnet32/],
  ];
  test.each(cases)("%s", async (_name, call, message) => {
    const before = tf.memory().numTensors;
    const attempt = call();
    await expect(attempt).rejects.toThrow(RangeError);
    await expect(attempt).rejects.toThrow(message);
    expect(tf.memory().numTensors).toBe(before);
  });
});
