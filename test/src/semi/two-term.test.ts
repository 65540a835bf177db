import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import { use } from "../../../src/backend/device.js";
import type { LossSpec } from "../../../src/losses/index.js";
import { twoTerm } from "../../../src/semi/two-term.js";
import { exactCrossEntropy, exactGradient, exactLogits, relative, tinyNetwork, weightsOf } from "./tiny-network.js";
import { tinyTask } from "./tiny-task.js";
import { watch } from "./watch.js";
import { prepared } from "../train/prepared.js";

/** What an epoch's steps show the network, their losses and gradients. */
function epochOf(options: ReturnType<typeof tinyTask> & { omega: number }, epoch = 0) {
  const network = tinyNetwork();
  const shown = watch(network);
  const variables = network.weights.map(({ variable }) => variable);
  const steps = [...stepsOf()];
  const weights = weightsOf(network);
  network.dispose();
  return { network, weights, steps };

  function* stepsOf() {
    for (const step of twoTerm(network, options).steps({ epoch, step: 0 })) {
      const { value, grads } = tf.tidy(() => tf.variableGrads(prepared(step).loss, variables));
      const gradient = variables.flatMap(({ name }) => [...grads[name]!.dataSync()]);
      const loss = value.dataSync()[0]!;
      tf.dispose([value, grads]);
      yield { images: shown.at(-1), loss, gradient };
    }
  }
}

/** The class of each image, known by its pixels. */
function classOf(options: ReturnType<typeof tinyTask>): (pixels: readonly number[]) => number {
  const all = options.train.concat(options.unlabeled);
  const text = (pixels: Iterable<number>): string => Array.from(pixels, (x) => Math.round(x)).join();
  const known = new Map(Array.from({ length: all.length }, (_, i) => [text(all.image(i)), all.labels[i]!]));
  return (pixels) => known.get(text(pixels.map((x) => (x * 0.3 + 0.5) * 255)))!;
}

const plain = (given: Parameters<typeof tinyTask>[0] = {}) => ({ ...tinyTask(given), augmentation: "none" as const });

beforeAll(() => use("simd"));

test.each([0.1, 1, 2, 5])(
  "loss and gradient with omega %f are (L(D_L) + omega L(D_U)) / (1 + omega), in double precision",
  (omega) => {
    const options = plain();
    const { network, weights, steps } = epochOf({ ...options, omega });
    const known = classOf(options);
    expect(steps).toHaveLength(4);
    for (const { images, loss, gradient } of steps) {
      const labels = images.map(known);
      const exact = (at: Float64Array): number => {
        const logits = exactLogits(network, at, images);
        const [ours, theirs] = [
          exactCrossEntropy(logits.slice(0, 3), labels.slice(0, 3)),
          exactCrossEntropy(logits.slice(3), labels.slice(3)),
        ];
        return (ours + omega * theirs) / (1 + omega);
      };
      expect(Math.abs(loss / exact(weights) - 1)).toBeLessThan(3e-6);
      expect(relative(gradient, exactGradient(exact, weights))).toBeLessThan(1e-5);
    }
  },
);

test("with omega = |D_U| / |D_L|, an epoch's mean loss is that of one pool in which every image weighs the same", () => {
  const options = plain();
  const { network, weights, steps } = epochOf({ ...options, omega: 2 });
  const known = classOf(options);
  const shown = steps.flatMap(({ images }) => images);
  const pooled = exactCrossEntropy(exactLogits(network, weights, shown), shown.map(known));
  const mean = steps.reduce((sum, { loss }) => sum + loss / steps.length, 0);
  expect(Math.abs(mean / pooled - 1)).toBeLessThan(1e-6);
  // Each image of both sets once, so that this is the loss of the whole pool.
  expect(new Set(shown.map(String)).size).toBe(options.train.length + options.unlabeled.length);
});

test("omega's limits: labeled images alone, unlabeled images alone", () => {
  const options = plain();
  const of = (omega: number) => epochOf({ ...options, omega });
  const [small, one, large] = [of(1e-9), of(1), of(1e9)];
  const known = classOf(options);
  one.steps.forEach(({ images, gradient }, i) => {
    const part = (from: number, to: number) => (at: Float64Array) =>
      exactCrossEntropy(exactLogits(one.network, at, images.slice(from, to)), images.slice(from, to).map(known));
    expect(relative(small.steps[i]!.gradient, exactGradient(part(0, 3), one.weights))).toBeLessThan(1e-5);
    expect(relative(large.steps[i]!.gradient, exactGradient(part(3, 9), one.weights))).toBeLessThan(1e-5);
    const mean = small.steps[i]!.gradient.map((value, k) => (value + large.steps[i]!.gradient[k]!) / 2);
    expect(relative(gradient, mean)).toBeLessThan(1e-5);
  });
});

describe("odd sizes", () => {
  const cases: [name: string, given: Parameters<typeof tinyTask>[0], steps: number][] = [
    ["one unlabeled image", { labeled: 40, unlabeled: 1 }, 5],
    ["one labeled image", { labeled: 1, unlabeled: 40 }, 5],
    ["a batch that is larger than both sets", { labeled: 3, unlabeled: 4, batchSize: 50 }, 1],
    ["batches of two", { labeled: 3, unlabeled: 4, batchSize: 2 }, 4],
  ];
  const losses: LossSpec[] = [{ name: "cross-entropy" }, { name: "focal" }];
  test.each(cases)("%s", (_name, given, count) => {
    for (const loss of losses) {
      const options = plain({ ...given, loss });
      const { steps } = epochOf({ ...options, omega: 3 });
      expect(steps).toHaveLength(count);
      for (const { loss, gradient, images } of steps) {
        expect(images).toHaveLength(options.batchSize);
        expect([loss, ...gradient].every(Number.isFinite)).toBe(true);
      }
    }
  });
});
