import * as tf from "@tensorflow/tfjs-core";
import type { Tensor4D } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { use } from "../../../src/backend/device.js";
import { Examples, type Batch } from "../../../src/data/index.js";
import { Network } from "../../../src/models/index.js";
import { effectiveNumberWeights, makeRebalance, resolveRebalance } from "../../../src/rebalance/index.js";
import { onFrozenBackbone } from "../../../src/train/classifier-retraining.js";
import { sampled, scored, supervised, type Scored, type SupervisedOptions } from "../../../src/train/supervised.js";
import { rowsOf } from "../semi/tiny-network.js";
import { tinyTask } from "../semi/tiny-task.js";
import { prepared } from "./prepared.js";

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

test("each epoch has an order of its own, and varies the images in ways of its own", () => {
  const given = tinyTask();
  const inOrder = { ...given.rebalance.sampler, epoch: () => Uint32Array.from(given.train.labels.keys()) };
  const shows = (options: SupervisedOptions, epoch: number) => {
    const [order, rows] = [[] as number[], [] as string[]];
    const make = ({ positions, images }: Batch) => {
      order.push(...positions);
      rows.push(...rowsOf(images).map(String));
      return { loss: () => tf.scalar(0) };
    };
    for (const _ of sampled(options, { epoch, step: 0 }, make));
    return { order, rows };
  };
  const [first, second] = [0, 1].map((epoch) => shows(given, epoch).order);
  expect(second).not.toEqual(first);
  for (const order of [first!, second!]) expect(order.toSorted((a, b) => a - b)).toEqual([...inOrder.epoch()]);
  const fixed = { ...given, rebalance: { ...given.rebalance, sampler: inOrder } };
  const [one, other] = [0, 1].map((epoch) => shows(fixed, epoch).rows);
  expect(one!.filter((row, i) => row === other![i]).length).toBeLessThan(6); // of 12, in 18 ways
});

/** What the steps of an epoch give the loss, and which programs they are. */
function shown(make: (network: Network, options: SupervisedOptions) => Scored, name: "drw" | "drs", epoch: number) {
  const { network } = thresholdNetwork();
  const [labels, weights] = [[] as number[], new Set<readonly number[] | undefined>()];
  const options: SupervisedOptions = {
    ...{ train: rare, test: rare, normalization, batchSize: 5, augmentation: "none", seed: 0 },
    rebalance: makeRebalance(resolveRebalance({ name, from: 1 }, 0), rare.labels, 2),
    loss(logits, truth, given) {
      labels.push(...truth.dataSync());
      weights.add(given);
      return tf.sum(logits);
    },
  };
  const programs = new Set<string>();
  for (const step of make(network, options).steps({ epoch, step: 0 })) {
    tf.tidy(() => prepared(step).loss());
    programs.add(step.program!);
  }
  network.dispose();
  return { labels, weights: [...weights], programs: [...programs] };
}

describe.each([
  ["supervised learning", supervised],
  ["a classifier on a frozen backbone", onFrozenBackbone],
])("%s", (_name, make) => {
  test("deferred class weights come with their epoch, in a program of its own", () => {
    const [before, after] = [shown(make, "drw", 0), shown(make, "drw", 1)];
    expect(before.weights).toEqual([undefined]);
    expect(after.weights).toEqual([effectiveNumberWeights([9, 1], 0.9999)]);
    // A recorded step would go on with the weights of the epoch it was recorded in.
    expect([before.programs.length, after.programs.length]).toEqual([1, 1]);
    expect(after.programs).not.toEqual(before.programs);
  });

  test("deferred re-sampling comes with its epoch", () => {
    const lights = Array.from({ length: 9 }, (_, epoch) => {
      const { labels, weights } = shown(make, "drs", epoch);
      expect([labels.length, weights]).toEqual([10, [undefined]]);
      return labels.filter((label) => label === 1).length;
    });
    expect(lights[0]).toBe(1); // each image once
    // About half of 80 draws; by the images as they are, a tenth.
    expect(lights.slice(1).reduce((a, b) => a + b)).toBeGreaterThan(20);
  });
});
