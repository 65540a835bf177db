import * as tf from "@tensorflow/tfjs";
import type { Tensor4D } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { use } from "../../../src/backend/device.js";
import { normalizationOf } from "../../../src/data/index.js";
import { buildLoss, type LossSpec } from "../../../src/losses/index.js";
import { build, type Network } from "../../../src/models/index.js";
import { makeRebalance, resolveRebalance } from "../../../src/rebalance/index.js";
import { stream } from "../../../src/random/index.js";
import { rampUp } from "../../../src/semi/ramp-up.js";
import { PairedBatches } from "../../../src/semi/two-views.js";
import { vatTask } from "../../../src/semi/vat.js";
import { loop, type LoopOptions } from "../../../src/train/loop.js";
import { resolveOptimizer } from "../../../src/train/optimizer.js";
import { resolveSchedule } from "../../../src/train/schedule.js";
import type { SupervisedOptions } from "../../../src/train/supervised.js";
import type { Step, Task } from "../../../src/train/task.js";
import { smallData } from "../train/small-data.js";
import {
  exactCrossEntropy,
  exactGradient,
  exactLogits,
  exactLogSoftmax,
  relative,
  rowsOf,
  tinyNetwork,
  weightsOf,
  type Numbers,
} from "./tiny-network.js";
import { tinyTask } from "./tiny-task.js";

const choices = { epsilon: 2, xi: 1e-2, weight: 3, ramp: 0.5, epochs: 2, scale: 1 };

/** Everything that a network is shown from now on. */
function watch(network: Network): number[][][] {
  const seen: number[][][] = [];
  const features = network.features.bind(network);
  network.features = (images: Tensor4D, ...rest) => {
    seen.push(rowsOf(images));
    return features(images, ...rest);
  };
  return seen;
}

const minus = (a: Numbers, b: Numbers): number[] => a.map((value, i) => value - b[i]!);
const length = (a: Numbers): number => Math.hypot(...a);
const cosine = (a: Numbers, b: Numbers): number =>
  a.reduce((sum, value, i) => sum + value * b[i]!, 0) / length(a) / length(b);

/** KL(p || q) of logarithms. */
function divergence(p: Numbers, q: Numbers): number {
  return p.reduce((sum, log, c) => sum + Math.exp(log) * (log - q[c]!), 0);
}

/** What one step shows the network: its unlabeled images, their first random change, their adversarial change. */
function directions(network: Network, seen: number[][][], step: Step, labeled: number) {
  tf.tidy(() => step.loss());
  const [clean, tried, all, perturbed] = seen.splice(0) as [number[][], number[][], number[][], number[][]];
  expect(all.slice(labeled)).toEqual(clean);
  return {
    clean,
    tried: tried.map((row, i) => minus(row, clean[i]!)),
    found: perturbed.map((row, i) => minus(row, clean[i]!)),
  };
}

describe.each(["simd", "cpu"])("on %s", (device) => {
  beforeAll(async () => void (await use(device)));

  const HEADS: [head: "linear" | "cosine", loss: LossSpec, scale: number][] = [
    ["linear", { name: "cross-entropy" }, 1],
    ["cosine", { name: "ldam", scale: 10, maxMargin: 0 }, 10],
  ];
  test.each(HEADS)(
    "loss and gradient are those of double precision, with clean a constant: %s head",
    (head, loss, scale) => {
      const given = tinyTask({ loss });
      const network = tinyNetwork({ head });
      const task = vatTask(network, { ...given, ...choices, scale });
      const feed = new PairedBatches(given, given.unlabeled);
      const variables = network.weights.map(({ variable }) => variable);
      const seen = watch(network);
      for (const epoch of [0, 1]) {
        const batches = feed.from({ epoch, step: 0 }, 1);
        let done = epoch * 4;
        for (const step of task.steps({ epoch, step: 0 })) {
          const { batch, labeled } = batches.next().value!;
          const { value, grads } = tf.tidy(() => tf.variableGrads(() => step.loss(), variables));
          const found = variables.flatMap(({ name }) => [...grads[name]!.dataSync()]);
          const [clean, , all, perturbed] = seen.splice(0) as [number[][], number[][], number[][], number[][]];
          expect(all).toEqual(rowsOf(batch.images));
          expect(clean).toEqual(all.slice(labeled));
          const labels = [...batch.labels.dataSync()].slice(0, labeled);
          const grown = 3 * rampUp(done++, 0.5 * 2 * 4);
          const now = weightsOf(network);
          const logits = (weights: Float64Array, images: readonly Numbers[]) =>
            exactLogits(network, weights, images).map((row) => row.map((z) => z * scale));
          const logs = (weights: Float64Array, images: readonly Numbers[]) =>
            logits(weights, images).map(exactLogSoftmax);
          const exact = (weights: Float64Array, constant = now): number => {
            const q = logs(constant, clean);
            const changes = logs(weights, perturbed).reduce((sum, p, i) => sum + divergence(p, q[i]!), 0);
            return exactCrossEntropy(logits(weights, all.slice(0, labeled)), labels) + (grown * changes) / all.length;
          };
          expect(Math.abs(value.dataSync()[0]! / exact(now) - 1)).toBeLessThan(3e-6);
          expect(
            relative(
              found,
              exactGradient((at) => exact(at), now),
            ),
          ).toBeLessThan(2e-5);
          if (done > 3)
            expect(
              relative(
                found,
                exactGradient((at) => exact(at, at), now),
              ),
            ).toBeGreaterThan(0.05);
          tf.dispose([value, grads]);
        }
        batches.return();
      }
      network.dispose();
    },
  );

  test("both directions have the lengths that they should", () => {
    const given = tinyTask();
    const network = tinyNetwork();
    const seen = watch(network);
    for (const step of vatTask(network, { ...given, ...choices }).steps({ epoch: 0, step: 0 })) {
      const { tried, found } = directions(network, seen, step, 3);
      for (const row of tried) expect(Math.abs(length(row) / 1e-2 - 1)).toBeLessThan(1e-3);
      for (const row of found) expect(Math.abs(length(row) / 2 - 1)).toBeLessThan(1e-6);
    }
    network.dispose();
  });

  test.each([2, 3])(
    "of %i classes: the direction is the random one times the Hessian, as far as single precision sees",
    (classes) => {
      const given = tinyTask({ classes });
      const network = tinyNetwork({ classes });
      const weights = weightsOf(network);
      const seen = watch(network);
      const cosines: number[] = [];
      for (const step of vatTask(network, { ...given, ...choices }).steps({ epoch: 0, step: 0 })) {
        const { clean, tried, found } = directions(network, seen, step, 3);
        clean.forEach((image, i) => {
          const hessian = hessianOf(network, weights, image);
          const product = hessian.map((row) => row.reduce((sum, h, j) => sum + h * tried[i]![j]!, 0));
          cosines.push(cosine(found[i]!, product));
          // Of two classes, the Hessian has one direction only.
          if (classes === 2) cosines.push(Math.abs(cosine(found[i]!, dominant(hessian))));
        });
      }
      cosines.sort((a, b) => a - b);
      expect(cosines[Math.floor(0.15 * cosines.length)]!).toBeGreaterThan(0.999);
      expect(cosines[Math.floor(0.5 * cosines.length)]!).toBeGreaterThan(0.9999);
      network.dispose();
    },
  );
});

/** Second derivatives of KL(p(image + r) || p(image)) by r at 0: J' (diag p - p p') J with the derivatives J of the logits. */
function hessianOf(network: Network, weights: Float64Array, image: Numbers): number[][] {
  const logits = (pixels: Numbers): number[] => exactLogits(network, weights, [pixels])[0]!;
  const p = exactLogSoftmax(logits(image)).map(Math.exp);
  const slopes = image.map((value, i) => {
    const [up, down] = [value + 1e-5, value - 1e-5].map((moved) => logits(image.with(i, moved)));
    return minus(up!, down!).map((difference) => difference / 2e-5);
  });
  const mean = slopes.map((row) => row.reduce((sum, slope, c) => sum + p[c]! * slope, 0));
  return slopes.map((a, i) =>
    slopes.map((b, j) => p.reduce((sum, share, c) => sum + share * (a[c]! - mean[i]!) * (b[c]! - mean[j]!), 0)),
  );
}

/** Eigenvector of the largest eigenvalue, by many iterations. */
function dominant(matrix: readonly Numbers[]): number[] {
  let vector = matrix.map((_, i) => 1 + i / 100);
  for (let k = 0; k < 50; k++) {
    const next = matrix.map((row) => row.reduce((sum, h, j) => sum + h * vector[j]!, 0));
    vector = next.map((value) => value / length(next));
  }
  return vector;
}

describe("of a residual network", () => {
  beforeAll(() => use("simd"));

  const { train, test: held, unlabeled } = smallData;
  const network = () => build("small", { classes: 10, seed: 4 });
  const given: SupervisedOptions = {
    ...{ train, test: held, normalization: normalizationOf(train), seed: 3, batchSize: 30, augmentation: "none" },
    loss: buildLoss("cross-entropy", { counts: train.counts() }).loss,
    rebalance: makeRebalance(resolveRebalance("none", 0), train.labels, 10),
  };
  const options = { ...given, ...choices, unlabeled };

  test("the adversarial direction changes predictions many times as much as random ones of its length", () => {
    const small = network();
    const seen = watch(small);
    const random = stream(8, "directions");
    const task = vatTask(small, { ...options, epsilon: 6 });
    for (const step of task.steps({ epoch: 0, step: 0 })) {
      const { clean, found } = directions(small, seen, step, 10);
      expect(clean).toHaveLength(20);
      const noise = (): number[][] =>
        clean.map((row) => {
          const drawn = [...random.fillNormal(new Float32Array(row.length))];
          const factor = 6 / length(drawn);
          return drawn.map((x) => factor * x);
        });
      const change = (rows: readonly Numbers[]): number => {
        const logs = (images: readonly Numbers[]) =>
          tf.tidy(() =>
            tf.logSoftmax(small.logits(tf.tensor4d(images.flat(), [20, 32, 32, 3]), "batch")).arraySync(),
          ) as number[][];
        const q = logs(clean);
        return logs(clean.map((row, i) => row.map((x, at) => x + rows[i]![at]!))).reduce(
          (sum, p, i) => sum + divergence(p, q[i]!),
          0,
        );
      };
      const adversarial = change(found);
      for (let k = 0; k < 8; k++) expect(adversarial).toBeGreaterThan(10 * change(noise()));
      break;
    }
    small.dispose();
  });

  test("predictions that are the same everywhere have no such direction: no change, and no NaN", () => {
    const small = network();
    for (const { name, variable } of small.weights)
      if (name.startsWith("classifier/")) variable.assign(tf.zerosLike(variable));
    const seen = watch(small);
    for (const step of vatTask(small, { ...options, ramp: 0 }).steps({ epoch: 0, step: 0 })) {
      const loss = tf.tidy(() => step.loss().dataSync()[0]!);
      expect(loss).toBeCloseTo(Math.log(10), 5);
      const [clean, , , perturbed] = seen.splice(0);
      expect(perturbed).toEqual(clean);
      break;
    }
    small.dispose();
  });

  test("a very long or very short direction gives a finite loss and finite gradients", () => {
    const small = network();
    const variables = small.weights.map(({ variable }) => variable);
    for (const odd of [{ epsilon: 1e30 }, { epsilon: 1e-30 }, { xi: 1e-30 }, { xi: 1e6 }, { scale: 1000 }])
      for (const step of vatTask(small, { ...options, ramp: 0, ...odd }).steps({ epoch: 0, step: 0 })) {
        const finite = tf.tidy(() => {
          const { value, grads } = tf.variableGrads(() => step.loss(), variables);
          return [value, ...Object.values(grads)].every((tensor) => tensor.dataSync().every(Number.isFinite));
        });
        expect(finite, JSON.stringify(odd)).toBe(true);
        break;
      }
    small.dispose();
  });

  test("of weight 0, it is supervised training on the labeled images of the same batches", async () => {
    const course: LoopOptions = {
      ...{ epochs: 1, schedule: resolveSchedule({ name: "steps", rate: 0.1 }, 1), optimizer: resolveOptimizer("sgd") },
      ...{ evaluateEvery: 1, checkpointEvery: 60, signal: new AbortController().signal, observers: [] },
    };
    const [ours, theirs] = [network(), network()];
    const feed = new PairedBatches(given, unlabeled);
    const supervised: Task = {
      weights: theirs.weights,
      carried: theirs.statistics,
      stepsIn: () => feed.paired.stepsPerEpoch,
      *steps(moment) {
        for (const { batch, labeled } of feed.from(moment, 1)) {
          const loss = (): tf.Scalar =>
            given.loss(
              tf.slice(theirs.logits(batch.images, "train"), 0, labeled),
              tf.slice<tf.Rank.R1, tf.Tensor1D>(batch.labels, 0, labeled),
            );
          yield { images: batch.labels.size, loss };
        }
      },
    };
    const initial = await ours.digest();
    const { evaluate: _, ...task } = vatTask(ours, { ...options, weight: 0, ramp: 0, epochs: 1 });
    const records = [await loop(task, course), await loop(supervised, course)];
    expect(records[0]![0]!.loss).toBe(records[1]![0]!.loss);
    expect(await ours.digest()).toBe(await theirs.digest());
    expect(await ours.digest()).not.toBe(initial);
    ours.dispose();
    theirs.dispose();
  });
});
