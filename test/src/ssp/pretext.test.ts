import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import { use } from "../../../src/backend/device.js";
import { pretextTask } from "../../../src/ssp/pretext.js";
import { allOfEach, oneEach, rotate } from "../../../src/ssp/rotate.js";
import {
  exactCrossEntropy,
  exactLogits,
  tinyExamples,
  tinyNetwork,
  tinyNormalization,
  weightsOf,
} from "../semi/tiny-network.js";
import { watch } from "../semi/watch.js";
import { prepared } from "../train/prepared.js";

beforeAll(() => use("simd"));

const train = tinyExamples(11, 5);
const task = {
  ...{ train, test: tinyExamples(9, 6), normalization: tinyNormalization },
  ...({ batchSize: 5, epochs: 1, augmentation: "none", seed: 2 } as const),
};

const pixels = (image: Iterable<number>): string => Array.from(image, (x) => Math.round(x)).join();
const bytes = (row: readonly number[]): number[] => row.map((x) => (x * 0.3 + 0.5) * 255);
const known = Array.from({ length: train.length }, (_, i) => pixels(train.image(i)));
/** Turned back by k quarters. */
function upright(row: readonly number[], k: number): number[] {
  return tf.tidy(() => [...rotate(tf.tensor4d([...row], [1, 4, 4, 1]), 4 - k).dataSync()]);
}

describe.each([
  ["one rotation of each image", oneEach, 1],
  ["all rotations of each image", allOfEach, 4],
] as const)("%s", (_name, change, times) => {
  test("an epoch shows every image, turned as its label says; the loss is that of telling by how much", () => {
    const network = tinyNetwork({ classes: 4 });
    const shown = watch(network);
    const made = pretextTask(network, task, "rotation", (images) => change(images, 4, rotate));
    expect(made.stepsIn(0)).toBe(2); // the eleventh image joins the second batch
    const often = new Map<string, number>();
    const sizes: number[] = [];
    for (const step of made.steps({ epoch: 0, step: 0 })) {
      const loss = tf.tidy(() => prepared(step).loss().dataSync()[0]!);
      const images = shown.pop()!;
      sizes.push(step.images);
      expect(images).toHaveLength(times * step.images);
      const labels = images.map((row) => {
        const found = [0, 1, 2, 3].filter((k) => known.includes(pixels(bytes(upright(row, k)))));
        expect(found).toHaveLength(1);
        const image = pixels(bytes(upright(row, found[0]!)));
        often.set(image, (often.get(image) ?? 0) + 1);
        return found[0]!;
      });
      expect(Math.abs(loss - exactCrossEntropy(exactLogits(network, weightsOf(network), images), labels))).toBeLessThan(
        3e-6,
      );
    }
    expect(sizes).toEqual([5, 6]);
    expect([...often.values()]).toEqual(new Array(11).fill(times));
    network.dispose();
  });
});

test("each epoch has an order of its own: an image is not turned the same way again and again", () => {
  const network = tinyNetwork({ classes: 4 });
  const shown = watch(network);
  const made = pretextTask(network, task, "rotation", (images) => oneEach(images, 4, rotate));
  const epochs = [0, 1].map((epoch) => {
    for (const step of made.steps({ epoch, step: 0 })) tf.tidy(() => prepared(step).loss());
    return shown.splice(0).flat();
  });
  expect(epochs[1]).not.toEqual(epochs[0]);
  network.dispose();
});

test("of more changes than a batch has images, each is shown in turn; what is shown depends on epoch and step alone", () => {
  const network = tinyNetwork({ classes: 8 });
  const often = new Array<number>(8).fill(0);
  const made = pretextTask(
    network,
    task,
    "jigsaw",
    (images, cut) => {
      const puzzles = oneEach(images, 8, (part) => part, cut);
      for (const k of puzzles.labels.dataSync()) often[k]!++;
      return puzzles;
    },
    8,
  );
  const show = (epoch: number, from: number): number[] => {
    often.fill(0);
    for (const step of made.steps({ epoch, step: from })) tf.tidy(() => prepared(step).loss());
    return [...often];
  };
  const epochs = Array.from({ length: 60 }, (_, epoch) => show(epoch, 0));
  const all = often.map((_, k) => epochs.reduce((sum, one) => sum + one[k]!, 0));
  expect(all.reduce((a, b) => a + b)).toBe(60 * 11);
  // 82.5 each, give or take five deviations.
  for (const count of all) expect(Math.abs(count - 82.5)).toBeLessThan(26);
  expect(show(7, 0)).toEqual(epochs[7]);
  expect(show(7, 1).every((count, k) => count <= epochs[7]![k]!)).toBe(true);
  network.dispose();
});

test("the metric is the share of test images whose change is told, the same each time it is asked for", async () => {
  const network = tinyNetwork({ classes: 4 });
  const made = pretextTask(network, task, "rotation", (images) => oneEach(images, 4, rotate));
  // Everything is taken for a half turn: two or three of nine images are.
  network.weights.at(-1)!.variable.assign(tf.tensor1d([0, 0, 100, 0]));
  const metrics = await made.evaluate!(0);
  expect([2 / 9, 3 / 9]).toContain(metrics["rotation"]);
  expect(await made.evaluate!(0)).toEqual(metrics);
  // In all four rotations, every image is once.
  const four = pretextTask(network, task, "rotation", (images) => allOfEach(images, 4, rotate));
  expect(await four.evaluate!(0)).toEqual({ rotation: 1 / 4 });
  await expect(made.evaluate!(0, AbortSignal.abort(new Error("enough")))).rejects.toThrow("enough");
  network.dispose();
});

test("without test images, there is nothing to evaluate", () => {
  const network = tinyNetwork({ classes: 4 });
  const made = pretextTask(network, { ...task, test: undefined }, "rotation", (images) => oneEach(images, 4, rotate));
  expect("evaluate" in made).toBe(false);
  network.dispose();
});
