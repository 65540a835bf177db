import { createHash } from "node:crypto";
import * as tf from "@tensorflow/tfjs-core";
import type { Tensor4D } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { use } from "../../../src/backend/device.js";
import { build, small, type Mode, type Named, type Network } from "../../../src/models/index.js";
import { hashed } from "../hash.js";

const SIZE = 8;
const images = (stream: number, count = 4): Tensor4D =>
  tf.tensor4d(hashed(stream, count * SIZE * SIZE * 3, 1.7, 0.5), [count, SIZE, SIZE, 3]);
const values = (network: Network, name: string): number[] => [
  ...[...network.weights, ...network.statistics].find((one) => one.name === name)!.variable.dataSync(),
];
/** What tells apart the bits of each variable. */
const all = (list: readonly Named[]): string[] =>
  list.map(({ variable }) => createHash("sha256").update(variable.dataSync<"float32">()).digest("hex"));
const run = (network: Network, stream: number, mode: Mode, count = 4): number[] => {
  const input = images(stream, count);
  const logits = tf.tidy(() => [...network.logits(input, mode).dataSync()]);
  input.dispose();
  return logits;
};

/** Mean and variances of each channel of the first convolution (3 x 3, stride 2, padded by 1), in float64. */
function stem(network: Network, stream: number, count: number) {
  const [filter, input] = [values(network, "stem/filter"), hashed(stream, count * SIZE * SIZE * 3, 1.7, 0.5)];
  return Array.from({ length: 16 }, (_, out) => {
    const made: number[] = [];
    for (let n = 0; n < count; n++)
      for (let row = 0; row < SIZE; row += 2)
        for (let column = 0; column < SIZE; column += 2) {
          let sum = 0;
          for (let i = 0; i < 27; i++) {
            const [y, x, c] = [row + Math.floor(i / 9) - 1, column + (Math.floor(i / 3) % 3) - 1, i % 3];
            if (y < 0 || x < 0 || y >= SIZE || x >= SIZE) continue;
            sum += filter[i * 16 + out]! * input[((n * SIZE + y) * SIZE + x) * 3 + c]!;
          }
          made.push(sum);
        }
    const mean = made.reduce((a, b) => a + b, 0) / made.length;
    const square = made.reduce((sum, x) => sum + (x - mean) ** 2, 0);
    return { mean, biased: square / made.length, unbiased: square / (made.length - 1) };
  });
}

describe.each(["simd", "cpu"])("on %s", (device) => {
  beforeAll(() => use(device));

  test('"train": running statistics move by a tenth, to the mean and the variance without bias', () => {
    const network = small({ classes: 3 });
    const [one, two] = [stem(network, 1, 2), stem(network, 2, 2)];
    run(network, 1, "train", 2);
    const [mean, variance] = ["stem/mean", "stem/variance"].map((name) => values(network, name)) as [
      number[],
      number[],
    ];
    one.forEach((exact, c) => {
      expect(mean[c]).toBeCloseTo(0.1 * exact.mean, 5);
      expect(variance[c]).toBeCloseTo(0.9 + 0.1 * exact.unbiased, 5);
      expect(Math.abs(variance[c]! - (0.9 + 0.1 * exact.biased))).toBeGreaterThan(1e-4); // 32 pixels: they differ
    });
    run(network, 2, "train", 2);
    two.forEach((exact, c) => {
      expect(values(network, "stem/mean")[c]).toBeCloseTo(0.09 * one[c]!.mean + 0.1 * exact.mean, 5);
      expect(values(network, "stem/variance")[c]).toBeCloseTo(0.81 + 0.09 * one[c]!.unbiased + 0.1 * exact.unbiased, 5);
    });
    network.dispose();
  });

  test("a batch of one pixel has no variance: 0, and not NaN", () => {
    const network = small({ classes: 3 });
    const input = tf.ones<tf.Rank.R4>([1, 1, 1, 3]);
    tf.tidy(() => void network.logits(input, "train"));
    for (const { name } of network.statistics) expect(values(network, name).every(Number.isFinite), name).toBe(true);
    expect(values(network, "stem/variance")[0]).toBeCloseTo(0.9, 6);
    input.dispose();
    network.dispose();
  });
});

describe("modes", () => {
  beforeAll(() => use("simd"));

  test.each(["small", "resnet20", "resnet10"])("%s: who follows what", (name) => {
    const network = build(name, { classes: 3 });
    const [weights, before] = [all(network.weights), all(network.statistics)];
    const [batch, evaluated] = [run(network, 1, "batch"), run(network, 1, "eval")];
    expect(all(network.statistics)).toEqual(before);
    const trained = run(network, 1, "train");
    expect(trained).toEqual(batch); // both by the batch's own statistics
    expect(trained).not.toEqual(evaluated);
    all(network.statistics).forEach((now, i) => expect(now, network.statistics[i]!.name).not.toEqual(before[i]));
    expect(run(network, 1, "eval")).not.toEqual(evaluated);
    expect(all(network.weights)).toEqual(weights);
    network.dispose();
  });

  test('"eval" looks at each image alone, and is the default; "batch" does not', () => {
    const network = small({ classes: 3 });
    for (let i = 0; i < 30; i++) run(network, 1, "train");
    const input = images(1);
    const [whole, alone, without] = tf.tidy(() => [
      network.logits(input),
      network.logits(tf.slice(input, [2, 0, 0, 0], [1, -1, -1, -1])),
      network.logits(input, "eval"),
    ]) as [tf.Tensor, tf.Tensor, tf.Tensor];
    alone.dataSync().forEach((found, i) => expect(found).toBeCloseTo(whole.dataSync()[6 + i]!, 5));
    expect([...without.dataSync()]).toEqual([...whole.dataSync()]);
    expect(run(network, 1, "batch", 2)).not.toEqual(run(network, 1, "batch", 4).slice(0, 6));
    tf.dispose([input, whole, alone, without]);
    network.dispose();
  });

  test("in evaluation, too, gradients go through, by the running statistics", () => {
    const network = small({ classes: 3 });
    for (let i = 0; i < 3; i++) run(network, i, "train");
    const input = images(1);
    const { variable } = network.weights.find(({ name }) => name === "stage2/block0/conv1/beta")!;
    const loss = (): tf.Scalar => tf.sum(tf.square(network.logits(input, "eval")));
    const { grads } = tf.variableGrads(loss, [variable]);
    const slope = grads[variable.name]!.dataSync();
    const start = variable.dataSync<"float32">();
    const at = slope.indexOf(Math.max(...slope));
    const value = (shift: number): number => {
      const moved = start.slice();
      moved[at]! += shift;
      tf.tidy(() => variable.assign(tf.tensor1d(moved) as tf.Tensor<tf.Rank>));
      return tf.tidy(() => loss().dataSync()[0]!);
    };
    const estimate = (value(0.01) - value(-0.01)) / 0.02;
    expect(Math.abs(estimate / slope[at]! - 1)).toBeLessThan(0.02);
    network.dispose();
  });
});
