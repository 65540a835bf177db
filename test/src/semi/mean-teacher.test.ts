import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import { use } from "../../../src/backend/device.js";
import { predict } from "../../../src/eval/index.js";
import type { LossSpec } from "../../../src/losses/index.js";
import type { Network } from "../../../src/models/index.js";
import { meanTeacherTask } from "../../../src/semi/mean-teacher.js";
import { rampUp } from "../../../src/semi/ramp-up.js";
import { PairedBatches } from "../../../src/semi/two-views.js";
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
import { prepared } from "../train/prepared.js";

const choices = { decay: 0.8, weight: 5, ramp: 0.5, epochs: 3 };

/** One step down the gradient, by hand. */
function descend(network: Network, gradient: Float64Array, rate: number): void {
  let at = 0;
  for (const { variable } of network.weights) {
    const part = Float32Array.from(gradient.subarray(at, (at += variable.size)));
    tf.tidy(() => variable.assign(tf.sub(variable, tf.mul(tf.tensor(part, variable.shape), rate))));
  }
}

const HEADS: [head: "linear" | "cosine", loss: LossSpec, scale: number][] = [
  ["linear", { name: "cross-entropy" }, 1],
  ["cosine", { name: "ldam", scale: 10, maxMargin: 0 }, 10],
];

describe.each(["simd", "cpu"])("on %s", (device) => {
  beforeAll(async () => void (await use(device)));

  test.each(HEADS)("steps are those of double precision: %s head", (head, loss, scale) => {
    const given = tinyTask({ loss });
    const student = tinyNetwork({ head });
    const task = meanTeacherTask(student, { ...given, ...choices, scale });
    const teacher = task.outcome!;
    const feed = new PairedBatches(given, given.unlabeled);
    const variables = student.weights.map(({ variable }) => variable);
    const steps = task.stepsIn(0);
    expect(steps).toBe(4);
    let done = 0;
    let expectedTeacher = weightsOf(student);
    for (const epoch of [0, 1, 2]) {
      const batches = feed.from({ epoch, step: 0 }, 2);
      for (const step of task.steps({ epoch, step: 0 })) {
        const { batch, labeled, second } = batches.next().value!;
        const [first, other] = [rowsOf(batch.images), rowsOf(second!.images)];
        const labels = [...batch.labels.dataSync()];
        const logits = (weights: Float64Array, images: readonly Numbers[]): number[][] =>
          exactLogits(student, weights, images).map((row) => row.map((z) => z * scale));
        const soft = (rows: readonly Numbers[]) => rows.map((row) => exactLogSoftmax(row).map(Math.exp));
        const taught = soft(logits(weightsOf(teacher), other)).slice(labeled);
        const grown = 5 * rampUp(done++, 0.5 * 3 * steps);
        const exact = (weights: Float64Array): number => {
          const all = logits(weights, first);
          const squares = soft(all.slice(labeled)).map((p, i) =>
            p.reduce((sum, x, c) => sum + (x - taught[i]![c]!) ** 2 / p.length, 0),
          );
          const consistency = squares.reduce((a, b) => a + b, 0) / labels.length;
          return exactCrossEntropy(all.slice(0, labeled), labels.slice(0, labeled)) + grown * consistency;
        };
        const now = weightsOf(student);
        const { value, grads } = tf.tidy(() => tf.variableGrads(prepared(step).loss, variables));
        const found = variables.flatMap(({ name }) => [...grads[name]!.dataSync()]);
        expect(Math.abs(value.dataSync()[0]! / exact(now) - 1)).toBeLessThan(3e-6);
        const gradient = exactGradient(exact, now);
        expect(relative(found, gradient)).toBeLessThan(1e-5);
        tf.dispose([value, grads]);

        descend(student, gradient, 0.5);
        step.after!([], []);
        const changed = weightsOf(student);
        expectedTeacher = expectedTeacher.map((value, i) => 0.8 * value + 0.2 * changed[i]!);
        expect(relative(weightsOf(teacher), expectedTeacher)).toBeLessThan(1e-6);
        expect(relative(changed, now)).toBeGreaterThan(1e-3);
        expect(weightsOf(student)).toEqual(changed);
      }
      batches.return();
    }
    expect(done).toBe(12);
    student.dispose();
    teacher.dispose();
  });
});

describe("the teacher", () => {
  beforeAll(() => use("simd"));

  test("is what is scored, and comes out", async () => {
    const given = tinyTask();
    const student = tinyNetwork();
    const task = meanTeacherTask(student, { ...given, ...choices, scale: 1 });
    const teacher = task.outcome!;
    expect(teacher).not.toBe(student);
    // A student that takes everything for class 1, a teacher that takes it for class 2.
    for (const [network, c] of [[student, 1] as const, [teacher, 2] as const])
      network.weights.at(-1)!.variable.assign(tf.oneHot(tf.scalar(c, "int32"), 3).mul(100).toFloat().as1D());
    expect([...(await predict(student, given.test, { normalization: given.normalization }))]).toEqual(
      new Array(6).fill(1),
    );
    await task.evaluate!(0);
    const { confusion } = task.scoreboard.read().last;
    expect(confusion.counts.map((row) => row[2])).toEqual([2, 2, 2]);
    student.dispose();
    teacher.dispose();
  });

  test("keeps nothing where decay is 0, and has no part in what gradients change", () => {
    const given = tinyTask();
    const student = tinyNetwork();
    const task = meanTeacherTask(student, { ...given, ...choices, decay: 0, scale: 1 });
    expect(task.weights).toBe(student.weights);
    const names = [...task.weights, ...task.carried].map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { variable } of student.weights) variable.assign(tf.fill(variable.shape, 0.25));
    const [step] = [...first(task.steps({ epoch: 0, step: 0 }))];
    step!.after!([], []);
    expect(weightsOf(task.outcome!)).toEqual(weightsOf(student));
    student.dispose();
    task.outcome!.dispose();
  });

  test("a step that is not taken leaves no tensor behind", () => {
    const given = tinyTask();
    const student = tinyNetwork();
    const task = meanTeacherTask(student, { ...given, ...choices, scale: 1 });
    const before = tf.memory().numTensors;
    for (const _ of task.steps({ epoch: 0, step: 1 })) break;
    expect(tf.memory().numTensors).toBe(before);
    student.dispose();
    task.outcome!.dispose();
  });
});

function* first<T>(items: Iterable<T>): Generator<T> {
  for (const item of items) {
    yield item;
    return;
  }
}
