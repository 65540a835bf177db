import * as tf from "@tensorflow/tfjs";
import { afterEach, beforeAll, expect, test } from "vitest";
import { use } from "../../../src/backend/device.js";
import { Examples, mocoAugmentation } from "../../../src/data/index.js";
import { TwoViews } from "../../../src/ssp/two-views.js";
import type { Moment } from "../../../src/train/task.js";
import { rowsOf, tinyExamples, tinyNormalization } from "../semi/tiny-network.js";

beforeAll(() => use("simd"));

const task = {
  ...{ train: tinyExamples(14, 4), test: undefined, normalization: tinyNormalization },
  ...({ batchSize: 4, epochs: 2, augmentation: "none", seed: 6 } as const),
};
let pairs: TwoViews | undefined;
afterEach(() => pairs?.close());

async function numbersOf(threads: number, moment: Moment): Promise<unknown[]> {
  pairs?.close();
  pairs = new TwoViews(task, mocoAugmentation, threads);
  const seen: unknown[] = [];
  for await (const { first, second, step } of pairs.from(moment))
    seen.push([step, first.shape, first.dataSync(), second.dataSync()]);
  return seen;
}

test("threads that make views ahead make the same, from any step on", async () => {
  const alone = await numbersOf(0, { epoch: 1, step: 0 });
  expect(alone).toHaveLength(3); // whole batches of fourteen images
  expect(await numbersOf(2, { epoch: 1, step: 0 })).toEqual(alone);
  expect(await numbersOf(2, { epoch: 1, step: 2 })).toEqual(alone.slice(2));
  expect(await numbersOf(2, { epoch: 1, step: 3 })).toEqual([]);
});

test("an image's two views differ, and so do those of another epoch", async () => {
  // Of one image, again and again, so that not even the order makes them differ.
  const one = { ...task, train: tinyExamples(1, 4).select(new Uint32Array(8)) };
  const seen: string[] = [];
  for (const epoch of [0, 1]) {
    pairs?.close();
    pairs = new TwoViews(one, mocoAugmentation, 0);
    for await (const { first, second } of pairs.from({ epoch, step: 0 })) seen.push(...[first, second].map(String));
  }
  expect(seen).toHaveLength(8);
  expect(new Set(seen).size).toBe(8);
});

test("each epoch shows all images, in an order of its own", async () => {
  // Each of one grey, which these views leave as it is.
  const greys = Examples.of({
    ...{ name: "greys", shape: [8, 4, 4, 1], classes: ["grey"], labels: new Uint16Array(8) },
    bytes: Uint8Array.from({ length: 8 * 16 }, (_, i) => 30 * Math.floor(i / 16)),
  });
  const still = { ...mocoAugmentation, jitter: 0, greyscale: 0, blur: 0 };
  const [one, other] = [[] as number[], [] as number[]];
  for (const [epoch, order] of [one, other].entries()) {
    pairs?.close();
    pairs = new TwoViews({ ...task, train: greys }, still, 0);
    for await (const { first } of pairs.from({ epoch, step: 0 }))
      for (const row of rowsOf(first)) order.push(Math.round(((row[0]! * 0.3 + 0.5) * 255) / 30));
  }
  for (const order of [one, other]) expect(order.toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(other).not.toEqual(one);
});

test.each([0, 2])("with %d threads, views that nobody asks for leave no tensor behind", async (threads) => {
  const before = tf.memory().numTensors;
  pairs = new TwoViews(task, mocoAugmentation, threads);
  for await (const { first } of pairs.from({ epoch: 0, step: 0 })) {
    expect(first.isDisposed).toBe(false);
    break;
  }
  expect(tf.memory().numTensors).toBe(before);
});

test("an epoch whose threads are closed says so", async () => {
  pairs = new TwoViews(task, mocoAugmentation, 2);
  const views = pairs.from({ epoch: 0, step: 0 });
  await views.next();
  pairs.close();
  await expect(views.next()).rejects.toThrow("A thread that makes views was closed");
});
