import * as tf from "@tensorflow/tfjs";
import type { Tensor, Tensor1D, Tensor4D } from "@tensorflow/tfjs-core";
import { beforeAll, expect, test } from "vitest";
import "../../../src/backend/simd/index.js";

type Padding = number | tf.backend_util.ExplicitPadding;

beforeAll(async () => {
  await tf.setBackend("simd");
});

/** Largest difference, relative to the largest number. */
function difference(actual: Tensor, expected: Tensor): number {
  expect(actual.shape).toEqual(expected.shape);
  const [a, b] = [actual.dataSync(), expected.dataSync()];
  const most = Math.max(...Array.from(b, Math.abs), 1e-30);
  return Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]!))) / most;
}

const wave = (shape: number[], step: number): Tensor =>
  tf.sin(tf.mul(tf.range(1, tf.util.sizeFromShape(shape) + 1), step)).reshape(shape);

test.each([
  [[3, 4, 5], undefined, false],
  [[3, 4, 5], [1], false],
  [[3, 4, 5], [0, 2], true],
  [[6], [0], false],
  [[2, 1, 3], [-1], true],
] as const)("sums and means of %j over %j (kept: %s) give each number its share", (shape, axes, kept) => {
  tf.tidy(() => {
    const x = wave([...shape], 0.7);
    for (const [op, share] of [
      [tf.sum, () => 1],
      [tf.mean, (y: Tensor) => y.size / x.size],
    ] as const) {
      const of = (given: Tensor): Tensor => op(given, axes as number[] | undefined, kept);
      const dy = wave(of(x).shape, 0.3);
      const wide = tf.util.parseAxisParam((axes ?? null) as unknown as number[], [...shape]);
      const expanded = dy.reshape(shape.map((size, axis) => (wide.includes(axis) ? 1 : size)));
      const expected = tf.mul(tf.mul(tf.onesLike(x), expanded), share(dy));
      expect(difference(tf.grad(of)(x, dy), expected)).toBeLessThan(1e-6);
    }
  });
});

// Without a scale or an offset TensorFlow.js itself cannot differentiate batch normalization.
test("batch normalization has the gradient of its formula", () => {
  tf.tidy(() => {
    const [x, dy] = [wave([3, 4, 5, 8], 0.9), wave([3, 4, 5, 8], 0.31)];
    const channels = [wave([8], 1), tf.add(1.5, wave([8], 2)), wave([8], 3), wave([8], 4)];
    const kernel = (...[x, mean, variance, scale, offset]: Tensor[]): Tensor =>
      tf.batchNorm(x as Tensor4D, mean as Tensor1D, variance as Tensor1D, offset as Tensor1D, scale as Tensor1D, 0.01);
    const formula = (...[x, mean, variance, scale, offset]: Tensor[]): Tensor => {
      const normal = tf.mul(tf.mul(tf.sub(x!, mean!), tf.rsqrt(tf.add(variance!, 0.01))), scale!);
      return tf.add(normal, offset!);
    };
    const [actual, expected] = [kernel, formula].map((f) => tf.grads(f)([x, ...channels], dy));
    actual!.forEach((gradient, i) => expect(difference(gradient, expected![i]!)).toBeLessThan(1e-5));
  });
});

test("gradients of gradients go through them", () => {
  tf.tidy(() => {
    const [mean, variance] = [tf.zeros([4]), tf.ones([4])] as [Tensor1D, Tensor1D];
    const scale = tf.ones<tf.Rank.R1>([4]);
    const f = (x: Tensor): Tensor => tf.sum(tf.square(tf.batchNorm(x as Tensor4D, mean, variance, mean, scale, 0)));
    const twice = tf.grad((x) => tf.sum(tf.grad(f)(x)))(wave([1, 2, 3, 4], 0.5));
    expect(difference(twice, tf.fill([1, 2, 3, 4], 2))).toBeLessThan(1e-6);
  });
});

/** Of f(x) = the sum of the squares of op(x)'s numbers; then half the square of its gradient is known. */
test.each([
  [tf.sum, [2, 3], [1], 1],
  [tf.sum, [2, 3, 2, 2, 2], [1], 1],
  [tf.sum, [2, 3, 2, 1, 2], undefined, 1],
  [tf.mean, [2, 3], [0], 1 / 2],
  [tf.mean, [1, 2, 2, 3, 2, 2], [1, 3], 1 / 6],
] as const)("gradients of gradients go through %s of %j over %j", (op, shape, axes, share) => {
  tf.tidy(() => {
    const of = (x: Tensor): Tensor => tf.sum(tf.square(op(x, axes as number[] | undefined)));
    const penalty = (x: Tensor): Tensor => tf.sum(tf.square(tf.grad(of)(x)));
    const x = wave([...shape], 0.7);
    // Each number's gradient is 2 * share * op(x), and is had as often as numbers are taken together.
    const sums = tf.sum(x, axes as number[] | undefined, true);
    const count = x.size / sums.size;
    const expected = tf.mul(tf.onesLike(x), tf.mul(sums, 8 * count * share ** 4));
    expect(difference(tf.grad(penalty)(x), expected)).toBeLessThan(1e-5);
  });
});

type Rounding = "ceil" | undefined;

/** The last window of each row and column is there only since its size is rounded up. */
// prettier-ignore
test.each([
  [
    "conv2d",
    [[2, 9, 12, 4], [3, 3, 4, 8]],
    (pad: Padding, rounding: Rounding, [x, filter]: Tensor[]): Tensor =>
      tf.conv2d(x as Tensor4D, filter as Tensor4D, 3, pad, "NHWC", 1, rounding),
  ],
  [
    "avgPool",
    [[2, 9, 12, 4]],
    (pad: Padding, rounding: Rounding, [x]: Tensor[]): Tensor => tf.avgPool(x as Tensor4D, 3, 3, pad, rounding),
  ],
  [
    "maxPool",
    [[2, 9, 12, 4]],
    (pad: Padding, rounding: Rounding, [x]: Tensor[]): Tensor => tf.maxPool(x as Tensor4D, 3, 3, pad, rounding),
  ],
] as const)("%s of sizes that are rounded up has the gradient of a wider padding", (_, shapes, op) => {
  tf.tidy(() => {
    const given = shapes.map((shape, i) => wave([...shape], 0.7 + i));
    const [rounded, padded] = ([[1, "ceil"], [[[0, 0], [1, 2], [1, 2], [0, 0]], undefined]] as const).map(
      ([pad, rounding]) => {
        const of = (...all: Tensor[]): Tensor => op(pad as Padding, rounding, all);
        const y = of(...given);
        return [y, ...tf.grads(of)(given, wave(y.shape, 0.3))];
      },
    );
    rounded!.forEach((one, i) => expect(difference(one, padded![i]!)).toBeLessThan(1e-6));
  });
});

/** A mean is linear: whatever the image, its means times dy are the image times the gradient. */
// prettier-ignore
test.each([
  [[2, 9, 12, 4], 3, 2, "same", undefined],
  [[1, 5, 5, 1], 3, 1, "same", undefined],
  [[2, 9, 12, 4], [2, 3], [2, 1], 1, "floor"],
  [[2, 10, 12, 4], 3, 3, 1, "ceil"],
  [[1, 3, 3, 2], 3, 1, [[0, 0], [1, 2], [0, 1], [0, 0]], undefined],
  [[1, 4, 4, 1], 2, 2, [[0, 0], [2, 0], [0, 2], [0, 0]], undefined],
  [[1, 7, 7, 3], 2, 2, "valid", undefined],
] as const)("avgPool of %j by %j, strides %j, padding %j, rounding %s: its gradient is by the pixels in each window",
  (shape, size, strides, pad, rounding) => {
    tf.tidy(() => {
      const mean = (x: Tensor): Tensor =>
        tf.avgPool(x as Tensor4D, size as number, strides as number, pad as Padding, rounding);
      const x = wave([...shape], 0.7);
      const y = mean(x);
      // A window of padding alone has no mean.
      const isEmpty = tf.isNaN(y);
      const [means, dy] = [y, wave(y.shape, 0.3)].map((one) => tf.where(isEmpty, tf.zerosLike(y), one));
      const dx = tf.grad(mean)(tf.onesLike(x), dy);
      const [given, taken] = [tf.mul(means!, dy!), tf.mul(dx, x)].map((one) => tf.sum(one).dataSync()[0]!);
      expect(Math.abs(given! - taken!)).toBeLessThan(1e-5 * tf.sum(tf.abs(dy!)).dataSync()[0]!);
    });
  });
