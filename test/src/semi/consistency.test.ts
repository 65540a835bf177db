import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import { use } from "../../../src/backend/device.js";
import { Examples, stickers } from "../../../src/data/index.js";
import { meanTeacher, vat } from "../../../src/semi/index.js";
import type { FitResult } from "../../../src/train/index.js";
import { easy, easySemiData as data } from "../train/easy-data.js";
import { easyImages } from "../train/easy-images.js";

beforeAll(() => use("simd"));

const learning = { ...easy, data, augmentation: "none", epochs: 8 } as const;
const short = { ...learning, epochs: 1 };

test.each([
  ["Mean Teacher", () => meanTeacher(learning)],
  ["Mean Teacher with LDAM-DRW", () => meanTeacher({ ...learning, loss: "ldam", rebalance: "drw" })],
  ["VAT", () => vat(learning)],
])("%s learns four classes, of which chance is a quarter", async (_name, run) => {
  const result = await run();
  expect(result.last.confusion.accuracy).toBeGreaterThan(0.65);
  expect(result.records.at(-1)!.loss).toBeLessThan(0.4 * result.records[0]!.loss);
  result.dispose();
});

const METHODS: [string, (options: object) => Promise<FitResult>, object][] = [
  ["meanTeacher", (options) => meanTeacher({ ...short, ...options }), { decay: 0.95, weight: 8, ramp: 0.4, scale: 1 }],
  ["vat", (options) => vat({ ...short, ...options }), { epsilon: 6, xi: 1e-2, weight: 0.3, ramp: 0.4, scale: 1 }],
];

describe.each(METHODS)("%s", (name, run, defaults) => {
  test("has the defaults that it says, which are part of what a run is", async () => {
    const result = await run({});
    expect(result.configuration).toMatchObject(defaults);
    const other = await run({ weight: 1 });
    const ldam = await run({ loss: { name: "ldam", scale: 20 } });
    expect(new Set([result, other, ldam].map(({ id }) => id)).size).toBe(3);
    expect(ldam.configuration).toMatchObject({ scale: 20 });
    for (const one of [result, other, ldam]) one.dispose();
  });

  test("labels of unlabeled images make no difference, nor how many classes they have", async () => {
    const { unlabeled } = data;
    const digests = [];
    for (const other of [
      unlabeled,
      unlabeled.relabel(
        unlabeled.labels.map((c) => c + 4),
        Array.from("abcdefgh"),
      ),
    ]) {
      const result = await run({ data: { ...data, unlabeled: other } });
      digests.push(await result.network.digest());
      result.dispose();
    }
    expect(digests[1]).toBe(digests[0]);
  });

  const odd: [name: string, options: object][] = [
    ["no ramp", { ramp: 0 }],
    ["a ramp over all steps", { ramp: 1 }],
    ["one unlabeled image", { data: { ...data, unlabeled: data.unlabeled.select([7]) } }],
    ["one labeled image", { data: { ...data, train: data.train.select([7]) } }],
    ["fewer images than a batch", { batchSize: 300 }],
    [
      "batches of one labeled and one unlabeled image",
      { batchSize: 2, data: { ...data, train: easyImages([2, 2, 1, 1], 1), unlabeled: easyImages([2, 1, 1, 1], 2) } },
    ],
  ];
  test.each(odd)("%s: the loss is finite, and no tensor is left behind", async (_name, options) => {
    const before = tf.memory().numTensors;
    const result = await run(options);
    expect(Number.isFinite(result.records[0]!.loss)).toBe(true);
    expect(result.network.classes).toBe(4);
    result.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  const { unlabeled: _, ...labeled } = data;
  const refused: [name: string, options: object, message: string][] = [
    [
      "no unlabeled images",
      { data: labeled },
      `${name}: expected unlabeled images in data.unlabeled, found none. experiment.longTailed draws some by rhoU`,
    ],
    ["batches of one", { batchSize: 1 }, "batches of 2 or more, found 80 images and batches of 1"],
    [
      "images of another size",
      { data: { ...data, unlabeled: Examples.of(stickers({ counts: 1 })) } },
      "data.unlabeled: expected images of 16 x 16 x 3, as in data.train, found 32 x 32 x 3",
    ],
    ["a negative weight", { weight: -1 }, `${name}: weight must be a finite number >= 0 (got -1)`],
    ["an endless ramp", { ramp: 2 }, "ramp must be a number in [0, 1]"],
    ["an option of the other", name === "vat" ? { decay: 0.9 } : { epsilon: 1 }, `${name}: there is no parameter`],
  ];
  test.each(refused)("%s: refused, and nothing left behind", async (_name, options, message) => {
    const before = tf.memory().numTensors;
    const attempt = run(options);
    await expect(attempt).rejects.toThrow(RangeError);
    await expect(attempt).rejects.toThrow(message);
    expect(tf.memory().numTensors).toBe(before);
  });
});
