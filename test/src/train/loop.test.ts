import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { use } from "../../../src/backend/device.js";
import { loop, type LoopOptions } from "../../../src/train/loop.js";
import { resolveSchedule, type ScheduleSpec } from "../../../src/train/schedule.js";
import type { Task } from "../../../src/train/task.js";

beforeAll(() => use("simd"));

/** One weight, whose loss is itself: each step lowers it by the learning rate. */
async function descent(spec: ScheduleSpec, images: readonly number[], given: Partial<LoopOptions> = {}) {
  const [epochs, evaluated, after] = [4, [] as number[], [] as number[]];
  const weight = tf.variable(tf.scalar(0));
  const task: Task = {
    weights: [{ name: "weight", variable: weight }],
    carried: [],
    stepsIn: () => images.length,
    *steps() {
      for (const n of images) {
        yield { images: n, loss: () => tf.add(weight, 0) };
        after.push(weight.dataSync()[0]!);
      }
    },
    evaluate: (epoch) => Promise.resolve((evaluated.push(epoch), {})),
  };
  const records = await loop(task, {
    ...{ epochs, schedule: resolveSchedule(spec, epochs), evaluateEvery: 1, checkpointEvery: 60, observers: [] },
    optimizer: { name: "sgd", momentum: 0, weightDecay: 0, nesterov: false },
    signal: new AbortController().signal,
    ...given,
  });
  weight.dispose();
  return { records, evaluated, after, rates: after.map((value, i) => (after[i - 1] ?? 0) - value) };
}

const half = (share: number): number => (1 + Math.cos(Math.PI * share)) / 2;
function expectClose(found: readonly number[], expected: readonly number[]): void {
  expect(found).toHaveLength(expected.length);
  found.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 6));
}

describe("the learning rate", () => {
  test("by step: of the part of all epochs that is over when a step begins", async () => {
    const { rates, records } = await descent({ name: "cosine", rate: 1, by: "step" }, [1, 1, 1]);
    expectClose(
      rates,
      Array.from({ length: 12 }, (_, i) => half(i / 12)),
    );
    // An epoch's record has that of its last step.
    expectClose(
      records.map(({ rate }) => rate),
      [2, 5, 8, 11].map((i) => half(i / 12)),
    );
  });

  test("by epoch: the same for all its steps", async () => {
    const { rates, records } = await descent({ name: "cosine", rate: 1 }, [1, 1, 1]);
    expectClose(
      rates,
      Array.from({ length: 12 }, (_, i) => half(Math.floor(i / 3) / 4)),
    );
    expectClose(
      records.map(({ rate }) => rate),
      [0, 1, 2, 3].map((epoch) => half(epoch / 4)),
    );
  });
});

test("an epoch's loss is the mean of its images', before each step", async () => {
  const { records, after } = await descent({ name: "steps", rate: 0.5, warmup: 0, at: [] }, [8, 8, 3]);
  const before = [0, ...after];
  expectClose(
    records.map(({ loss }) => loss),
    [0, 3, 6, 9].map((i) => (8 * before[i]! + 8 * before[i + 1]! + 3 * before[i + 2]!) / 19),
  );
});

test.each([
  [1, [0, 1, 2, 3]],
  [2, [1, 3]],
  [3, [2, 3]],
  [9, [3]],
])("evaluated every %i epochs, and after the last", async (evaluateEvery, expected) => {
  expect((await descent("cosine", [1], { evaluateEvery })).evaluated).toEqual(expected);
});
