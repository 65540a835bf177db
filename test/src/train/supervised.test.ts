import * as tf from "@tensorflow/tfjs-core";
import type { Tensor4D } from "@tensorflow/tfjs-core";
import { beforeAll, expect, test } from "vitest";
import { use } from "../../../src/backend/device.js";
import { Examples } from "../../../src/data/index.js";
import { Network } from "../../../src/models/index.js";
import { scored } from "../../../src/train/supervised.js";

beforeAll(() => use("simd"));

const normalization = { mean: [0], deviation: [1] };

/** Images of one pixel, and their classes. */
function pixels(values: readonly number[], labels: readonly number[]): Examples {
  return Examples.of({
    ...{ name: "pixels", shape: [values.length, 1, 1, 1], bytes: Uint8Array.from(values) },
    ...{ labels: Uint16Array.from(labels), classes: ["dark", "light"] },
  });
}

/** Takes for light what is lighter than a threshold, a byte. */
function thresholdNetwork() {
  const network = new Network("threshold", { classes: 2, head: "linear", channels: 1, seed: 0 }, () => ({
    width: 1,
    apply: (images: Tensor4D) => tf.reshape(images, [-1, 1]),
  }));
  const [matrix, bias] = network.weights.map(({ variable }) => variable);
  tf.tidy(() => matrix!.assign(tf.tensor2d([[0, 255]]) as tf.Tensor<tf.Rank>));
  const set = (threshold: number): void =>
    tf.tidy(() => bias!.assign(tf.tensor1d([0, -threshold]) as tf.Tensor<tf.Rank>));
  return { network, set };
}

// One light image among nine dark ones, of which two are nearly as light.
const rare = pixels([10, 20, 30, 40, 50, 60, 70, 180, 190, 200], [0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);

test("the epoch that validation chooses: by mean recall, not by an accuracy that leaves the rare class out", async () => {
  const { network, set } = thresholdNetwork();
  const task = scored(network, { test: rare, validation: rare, normalization });
  set(255);
  expect(await task.evaluate(0)).toEqual({ test: 0.9, testRecall: 0.5, validation: 0.9, validationRecall: 0.5 });
  set(100);
  const mean = (7 / 9 + 1) / 2;
  expect(await task.evaluate(1)).toEqual({ test: 0.8, testRecall: mean, validation: 0.8, validationRecall: mean });
  set(255);
  await task.evaluate(2);
  const { last, best, selected } = task.scoreboard.read();
  expect([last.epoch, best.epoch, selected!.epoch]).toEqual([2, 0, 1]);
  network.dispose();
});

test("of classes with equally many images the mean recall is the accuracy, and not said twice", async () => {
  const { network, set } = thresholdNetwork();
  const test = pixels([10, 110, 90, 240], [0, 0, 1, 1]);
  const task = scored(network, { test, validation: test, normalization });
  for (const [epoch, threshold, accuracy] of [
    [0, 255, 0.5],
    [1, 120, 0.75],
    [2, 50, 0.75],
    [3, 100, 0.5],
  ] as const) {
    set(threshold);
    expect(await task.evaluate(epoch)).toEqual({ test: accuracy, validation: accuracy });
  }
  expect(task.scoreboard.read().selected!.epoch).toBe(1);
  network.dispose();
});
