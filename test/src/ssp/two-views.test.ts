import * as tf from "@tensorflow/tfjs";
import { afterEach, beforeAll, expect, test } from "vitest";
import { use } from "../../../src/backend/device.js";
import { mocoAugmentation } from "../../../src/data/index.js";
import { TwoViews } from "../../../src/ssp/two-views.js";
import type { Moment } from "../../../src/train/task.js";
import { tinyExamples, tinyNormalization } from "../semi/tiny-network.js";

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
