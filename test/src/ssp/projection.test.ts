import * as tf from "@tensorflow/tfjs";
import { beforeAll, expect, test } from "vitest";
import { use } from "../../../src/backend/device.js";
import { stream } from "../../../src/random/index.js";
import { Projection } from "../../../src/ssp/projection.js";

beforeAll(() => use("simd"));

test("two layers with a relu between them, of length 1: as in double precision", () => {
  const projection = new Projection("p", 4, 3, 9);
  const [w1, b1, w2, b2] = projection.weights.map(({ variable }) => variable.arraySync()) as [
    number[][],
    number[],
    number[][],
    number[],
  ];
  const features = Array.from({ length: 6 }, (_, i) => [...stream(i, "features").fillNormal(new Float32Array(4))]);
  const layer = (x: number[], w: number[][], b: number[]): number[] =>
    b.map((bias, c) => x.reduce((sum, value, r) => sum + value * w[r]![c]!, bias));
  const found = tf.tidy(() => projection.apply(tf.tensor2d(features)).arraySync());
  features.forEach((row, i) => {
    const out = layer(
      layer(row, w1, b1).map((value) => Math.max(0, value)),
      w2,
      b2,
    );
    out.forEach((value, c) => expect(Math.abs(found[i]![c]! - value / Math.hypot(...out))).toBeLessThan(1e-6));
  });
  projection.dispose();
});

test("begins as PyTorch's linear layers: uniform within 1 / sqrt(width), another for another seed", () => {
  const [one, same, other] = [1, 1, 2].map((seed) => new Projection("p", 64, 32, seed));
  const values = ({ weights }: Projection) => weights.map(({ variable }) => [...variable.dataSync()]);
  expect(values(one!)).toEqual(values(same!));
  expect(values(one!)[0]).not.toEqual(values(other!)[0]);
  for (const list of values(one!)) {
    expect(Math.max(...list.map(Math.abs))).toBeLessThanOrEqual(1 / 8);
    expect(Math.max(...list)).toBeGreaterThan(0.9 / 8);
    expect(Math.min(...list)).toBeLessThan(-0.9 / 8);
  }
  expect(one!.weights.map(({ name }) => name)).toEqual([
    "p/hidden/matrix",
    "p/hidden/bias",
    "p/out/matrix",
    "p/out/bias",
  ]);
  for (const projection of [one!, same!, other!]) projection.dispose();
});

test("a copy is equal, changes alone, and goes alone", () => {
  const before = tf.memory().numTensors;
  const projection = new Projection("p", 4, 3, 9);
  projection.weights[1]!.variable.assign(tf.tensor1d([1, 2, 3, 4]));
  const copy = projection.copy("key/p");
  const values = ({ weights }: Projection) => weights.map(({ variable }) => [...variable.dataSync()]);
  expect(values(copy)).toEqual(values(projection));
  expect(copy.weights[0]!.name).toBe("key/p/hidden/matrix");
  copy.weights[1]!.variable.assign(tf.zeros([4]));
  expect(values(projection)[1]).toEqual([1, 2, 3, 4]);
  projection.dispose();
  expect(values(copy)[1]).toEqual([0, 0, 0, 0]);
  copy.dispose();
  expect(tf.memory().numTensors).toBe(before + 2); // the two tensors given above
});
