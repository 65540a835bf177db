import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import { use } from "../../../src/backend/device.js";
import type { LossSpec } from "../../../src/losses/index.js";
import { rampUp } from "../../../src/semi/ramp-up.js";
import { PairedBatches } from "../../../src/semi/two-views.js";
import { vatTask } from "../../../src/semi/vat.js";
import { loop, type LoopOptions } from "../../../src/train/loop.js";
import { resolveOptimizer } from "../../../src/train/optimizer.js";
import { resolveSchedule } from "../../../src/train/schedule.js";
import type { Task } from "../../../src/train/task.js";
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
import { choices, divergence, smallNetwork, smallOptions, supervisedOptions } from "./vat-task.js";
import { watch } from "./watch.js";
import { prepared } from "../train/prepared.js";

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
          const { value, grads } = tf.tidy(() => tf.variableGrads(prepared(step).loss, variables));
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
});

describe("of a residual network", () => {
  beforeAll(() => use("simd"));

  test("predictions that are the same everywhere have no such direction: no change, and no NaN", () => {
    const small = smallNetwork();
    for (const { name, variable } of small.weights)
      if (name.startsWith("classifier/")) variable.assign(tf.zerosLike(variable));
    const seen = watch(small);
    for (const step of vatTask(small, { ...smallOptions, ramp: 0 }).steps({ epoch: 0, step: 0 })) {
      const loss = tf.tidy(() => prepared(step).loss().dataSync()[0]!);
      expect(loss).toBeCloseTo(Math.log(10), 5);
      const [clean, , , perturbed] = seen.splice(0);
      expect(perturbed).toEqual(clean);
      break;
    }
    small.dispose();
  });

  test("a very long or very short direction gives a finite loss and finite gradients", () => {
    const small = smallNetwork();
    const variables = small.weights.map(({ variable }) => variable);
    for (const odd of [{ epsilon: 1e30 }, { epsilon: 1e-30 }, { xi: 1e-30 }, { xi: 1e6 }, { scale: 1000 }])
      for (const step of vatTask(small, { ...smallOptions, ramp: 0, ...odd }).steps({ epoch: 0, step: 0 })) {
        const finite = tf.tidy(() => {
          const { value, grads } = tf.variableGrads(prepared(step).loss, variables);
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
    const [ours, theirs] = [smallNetwork(), smallNetwork()];
    const feed = new PairedBatches(supervisedOptions, smallOptions.unlabeled);
    const supervised: Task = {
      weights: theirs.weights,
      carried: theirs.statistics,
      stepsIn: () => feed.paired.stepsPerEpoch,
      *steps(moment) {
        for (const { batch, labeled } of feed.from(moment, 1)) {
          const loss = (): tf.Scalar =>
            supervisedOptions.loss(
              tf.slice(theirs.logits(batch.images, "train"), 0, labeled),
              tf.slice<tf.Rank.R1, tf.Tensor1D>(batch.labels, 0, labeled),
            );
          yield { images: batch.labels.size, loss };
        }
      },
    };
    const initial = await ours.digest();
    const task = {
      ...vatTask(ours, { ...smallOptions, weight: 0, ramp: 0, epochs: 1 }),
      evaluate: () => Promise.resolve({}),
    };
    const records = [await loop(task, course), await loop(supervised, course)];
    expect(records[0]![0]!.loss).toBe(records[1]![0]!.loss);
    expect(await ours.digest()).toBe(await theirs.digest());
    expect(await ours.digest()).not.toBe(initial);
    ours.dispose();
    theirs.dispose();
  });
});
