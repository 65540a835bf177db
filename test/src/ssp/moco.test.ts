import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import { use } from "../../../src/backend/device.js";
import { mocoAugmentation, normalizationOf } from "../../../src/data/index.js";
import { build, type Named } from "../../../src/models/index.js";
import { mocoTask } from "../../../src/ssp/moco.js";
import { Projection } from "../../../src/ssp/projection.js";
import { TwoViews } from "../../../src/ssp/two-views.js";
import {
  exactFeatures,
  exactGradient,
  exactLogSoftmax,
  relative,
  rowsOf,
  tinyExamples,
  tinyNetwork,
  tinyNormalization,
  type Numbers,
} from "../semi/tiny-network.js";
import { easyImages } from "../train/easy-images.js";
import { prepared } from "../train/prepared.js";

beforeAll(() => use("simd"));

const tiny = {
  ...{ train: tinyExamples(14, 4), test: undefined, normalization: tinyNormalization },
  ...({ batchSize: 4, epochs: 2, augmentation: "none", seed: 6 } as const),
};
const choices = { queue: 8, momentum: 0.7, temperature: 0.3, dimension: 2, groups: 2, views: mocoAugmentation };

const valuesOf = (named: readonly Named[]): Float64Array =>
  Float64Array.from(named.flatMap(({ variable }) => [...variable.dataSync()]));

/** Backbone and projection of the tiny network, 3 numbers wide, in double precision. */
function exactVectors(weights: Float64Array, images: readonly Numbers[]): number[][] {
  const [hidden, bias, out, last] = [51, 60, 63, 69].map((at) => weights.subarray(at));
  return exactFeatures(weights, images).map((features) => {
    const inner = [0, 1, 2].map((c) =>
      Math.max(
        0,
        features.reduce((sum, x, r) => sum + x * hidden![r * 3 + c]!, bias![c]!),
      ),
    );
    const vector = [0, 1].map((c) => inner.reduce((sum, x, r) => sum + x * out![r * 2 + c]!, last![c]!));
    return vector.map((x) => x / Math.hypot(...vector));
  });
}

test("steps are those of double precision: key encoder, keys in their places, queue, loss, gradients", async () => {
  const before = tf.memory().numTensors;
  const network = tinyNetwork();
  const task = mocoTask(network, tiny, choices);
  const key = task.carried.filter(({ name }) => name.startsWith("key/"));
  const queue = task.carried.find(({ name }) => name === "queue")!.variable;
  expect(task.weights.map(({ name }) => name)).toEqual([
    ...[
      "matrix",
      "bias",
      "projection/hidden/matrix",
      "projection/hidden/bias",
      "projection/out/matrix",
      "projection/out/bias",
    ],
  ]);
  expect(key.map(({ name }) => name)).toEqual(task.weights.map(({ name }) => `key/${name}`));
  expect(valuesOf(key)).toEqual(valuesOf(task.weights));
  const variables = task.weights.map(({ variable }) => variable);

  let expectedKey = valuesOf(key);
  let expectedQueue = queue.arraySync() as number[][];
  for (const row of expectedQueue) expect(Math.hypot(...row)).toBeCloseTo(1, 6);
  let done = 0;
  for (const epoch of [0, 1]) {
    expect(task.stepsIn(epoch)).toBe(3); // two of the fourteen images wait for another epoch
    const views = new TwoViews(tiny, mocoAugmentation).from({ epoch, step: 0 });
    for await (const step of task.steps({ epoch, step: 0 })) {
      const { first, second } = (await views.next()).value!;
      const [ours, theirs] = [rowsOf(first), rowsOf(second)];
      const now = valuesOf(task.weights);
      tf.engine().startScope();
      const ready = prepared(step);
      // The key encoder moved before its keys were made.
      expectedKey = expectedKey.map((value, i) => 0.7 * value + 0.3 * now[i]!);
      expect(relative(valuesOf(key), expectedKey)).toBeLessThan(1e-6);

      const keys = exactVectors(expectedKey, theirs);
      const exact = (weights: Float64Array): number => {
        const queries = exactVectors(weights, ours);
        const product = (a: Numbers, b: Numbers): number => (a[0]! * b[0]! + a[1]! * b[1]!) / 0.3;
        return queries.reduce(
          (sum, q, i) => sum - exactLogSoftmax([keys[i]!, ...expectedQueue].map((k) => product(q, k)))[0]! / 4,
          0,
        );
      };
      const { value, grads } = tf.tidy(() => tf.variableGrads(ready.loss, variables));
      const found = variables.flatMap(({ name }) => [...grads[name]!.dataSync()]);
      expect(Math.abs(value.dataSync()[0]! / exact(now) - 1)).toBeLessThan(1e-5);
      const gradient = exactGradient(exact, now);
      expect(relative(found, gradient)).toBeLessThan(5e-5);
      tf.dispose([value, grads]);

      let at = 0;
      for (const variable of variables) {
        const part = Float32Array.from(gradient.subarray(at, (at += variable.size)));
        tf.tidy(() => variable.assign(tf.sub(variable, tf.mul(tf.tensor(part, variable.shape), 0.3))));
      }
      ready.after();
      tf.engine().endScope();
      const place = (4 * done++) % 8;
      expectedQueue = [...expectedQueue.slice(0, place), ...keys, ...expectedQueue.slice(place + 4)];
      const stored = queue.arraySync() as number[][];
      expect(stored).toHaveLength(8);
      expect(relative(stored.flat(), expectedQueue.flat())).toBeLessThan(1e-5);
      expectedQueue = stored;
    }
    await views.return();
  }
  expect(done).toBe(6);
  task.dispose!();
  network.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

test("batch normalization sees keys in groups that are drawn anew in each step, and no running statistics move", async () => {
  const train = easyImages([5, 5, 5, 5], 3);
  const settings = { ...tiny, train, normalization: normalizationOf(train) };
  const network = build("small", { classes: 2, seed: 1 });
  const projection = new Projection("projection", network.width, 8, settings.seed);
  const task = mocoTask(network, settings, { ...choices, dimension: 8, queue: 4 });
  const queue = task.carried.find(({ name }) => name === "queue")!.variable;
  const views = new TwoViews(settings, mocoAugmentation).from({ epoch: 0, step: 0 });
  const partners = new Set<number>();
  for await (const step of task.steps({ epoch: 0, step: 0 })) {
    const { second } = (await views.next()).value!;
    tf.tidy(() => prepared(step).after());
    const stored = queue.dataSync<"float32">();
    // Two groups of two: who is with image 0?
    const errors = [1, 2, 3].map((partner) => {
      const groups = [[0, partner], [1, 2, 3].filter((i) => i !== partner)];
      const made = tf.tidy(() => {
        const parts = groups.map((group) => network.features(tf.gather(second, tf.tensor1d(group, "int32")), "batch"));
        return projection.apply(tf.concat(parts)).arraySync();
      });
      const keys = groups.flat().reduce<number[][]>((all, image, i) => all.with(image, made[i]!), [[], [], [], []]);
      return relative(stored, keys.flat());
    });
    const [least, next] = errors.toSorted((a, b) => a - b);
    expect(least).toBeLessThan(1e-4);
    expect(next).toBeGreaterThan(100 * least!);
    partners.add(errors.indexOf(least!));
  }
  await views.return();
  expect(partners.size).toBeGreaterThan(1);
  for (const { name, variable } of task.carried.slice(0, network.statistics.length))
    expect(variable.dataSync().every((value) => value === (name.endsWith("mean") ? 0 : 1))).toBe(true);
  task.dispose!();
  projection.dispose();
  network.dispose();
});

describe("a queue of one batch", () => {
  test("holds the keys of the step before", async () => {
    const network = tinyNetwork();
    const task = mocoTask(network, tiny, { ...choices, queue: 4, groups: 4 });
    const queue = task.carried.find(({ name }) => name === "queue")!.variable;
    const seen: string[] = [];
    for await (const step of task.steps({ epoch: 0, step: 0 })) {
      tf.tidy(() => prepared(step).after());
      seen.push(String(queue.dataSync()));
      expect(queue.shape).toEqual([4, 2]);
    }
    expect(new Set(seen).size).toBe(3);
    task.dispose!();
    network.dispose();
  });
});
