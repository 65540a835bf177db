/** On TensorFlow itself, where it is installed; src/backend/fused's own tests run on it with LONGTAIL_DEVICE=tensorflow. */
import * as tf from "@tensorflow/tfjs";
import type { Tensor, Tensor4D } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { list, use } from "../../../../src/backend/device.js";
import * as fused from "../../../../src/backend/fused/index.js";

const { available, reason } = (await list()).find(({ name }) => name === "tensorflow")!;
if (!available) console.log(`Not tested on TensorFlow: ${reason}`);

/** The same computation on TensorFlow and in plain JavaScript. */
async function both(compute: () => Tensor | Tensor[]): Promise<[Float32Array[], Float32Array[]]> {
  const results: Float32Array[][] = [];
  for (const name of ["tensorflow", "cpu"]) {
    await tf.setBackend(name);
    const made = tf.tidy(compute);
    const all = Array.isArray(made) ? made : [made];
    results.push(all.map((one) => Float32Array.from(one.dataSync())));
    tf.dispose(all);
  }
  await tf.setBackend("tensorflow");
  return results as [Float32Array[], Float32Array[]];
}

/** Equal but for so much of the largest number of each. */
function expectClose([ours, theirs]: [Float32Array[], Float32Array[]], limit = 1e-5): void {
  expect(ours.map(({ length }) => length)).toEqual(theirs.map(({ length }) => length));
  ours.forEach((values, which) => {
    const expected = theirs[which]!;
    const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    values.forEach((value, i) => expect(Math.abs(value - expected[i]!)).toBeLessThanOrEqual(limit * largest));
  });
}

const waves = (shape: number[], speed = 1): Tensor =>
  tf.sin(tf.mul(tf.range(0, tf.util.sizeFromShape(shape)), speed)).reshape(shape);

const UNEVEN = [
  [0, 0],
  [1, 0],
  [2, 1],
  [0, 0],
] as const;

describe.runIf(available)("on TensorFlow", () => {
  beforeAll(async () => {
    await use("tensorflow");
  });

  test.each([
    [1, 1],
    [2, 1],
    [1, 0],
    [2, UNEVEN],
  ] as const)("convolutions padded in pixels, and their gradients: stride %j, padding %j", async (stride, pad) => {
    const result = await both(() => {
      const [x, filter] = [waves([2, 6, 5, 3]), waves([3, 3, 3, 4], 2)];
      const conv = (a: Tensor, f: Tensor): Tensor => tf.conv2d(a as Tensor4D, f as Tensor4D, stride, pad as never);
      return [conv(x, filter), ...tf.grads((a, f) => conv(a, f).square())([x, filter])];
    });
    expectClose(result);
  });

  test.each([
    [3, 2, 1],
    [3, 1, 1],
    [3, 2, UNEVEN],
  ] as const)(
    "largest numbers of windows padded in pixels, and their gradients: size %j, stride %j, padding %j",
    async (size, stride, pad) => {
      const result = await both(() => {
        const pool = (a: Tensor): Tensor => tf.maxPool(a as Tensor4D, size, stride, pad as never);
        const x = waves([2, 6, 5, 3]);
        return [pool(x), tf.grad((a) => pool(a).square())(x)];
      });
      expectClose(result);
    },
  );

  test("sizes that are rounded up have the windows that reach beyond the padding", async () => {
    const result = await both(() => {
      const [x, filter] = [waves([2, 6, 5, 3]), waves([3, 3, 3, 4], 2)];
      const conv = (a: Tensor, f: Tensor): Tensor => tf.conv2d(a as Tensor4D, f as Tensor4D, 2, 1, "NHWC", 1, "ceil");
      const pool = (a: Tensor): Tensor => tf.maxPool(a as Tensor4D, 3, 2, 1, "ceil");
      const gradients = tf.grads((a, f) => conv(a, f).square())([x, filter]);
      return [conv(x, filter), ...gradients, pool(x), tf.grad((a) => pool(a).square())(x)];
    });
    expectClose(result);
  });

  test("the gradient of batch normalization by moments that are variables too", async () => {
    const result = await both(() => {
      const inputs = [waves([3, 4, 5, 8]), waves([8], 2), waves([8], 3).square(), waves([8], 4), waves([8], 5)];
      const normal = (...[x, mean, variance, offset, scale]: Tensor[]): Tensor =>
        tf.batchNorm4d(x as Tensor4D, mean as never, variance as never, offset as never, scale as never, 0.1).square();
      return tf.grads(normal)(inputs);
    });
    expectClose(result);
  });

  test("a rounded integer is itself", async () => {
    expectClose(await both(() => tf.round(tf.tensor1d([-12345678, 10], "int32"))), 1e-9);
  });

  test("the rate of a step may be a tensor", async () => {
    expectClose(
      await both(() => {
        const [parameter, velocity] = [tf.variable(tf.tensor1d([1, 2])), tf.variable(tf.tensor1d([5, 5]))];
        const options = { learningRate: tf.scalar(0.25), momentum: 0.5, weightDecay: 0.125, nesterov: true };
        fused.sgd([parameter], [tf.tensor1d([3, 4])], [velocity], options);
        return [tf.clone(parameter), tf.clone(velocity), options.learningRate];
      }),
    );
  });

  test("a step without momentum and decay leaves the gradient as it is", async () => {
    expectClose(
      await both(() => {
        const [parameter, velocity] = [tf.variable(tf.tensor1d([1, 2])), tf.variable(tf.tensor1d([5, 5]))];
        const gradient = tf.tensor1d([3, 4]);
        fused.sgd([parameter], [gradient], [velocity], { learningRate: 0.5 });
        return [tf.clone(parameter), tf.clone(velocity), gradient];
      }),
    );
  });

  test("the kernels leave no handles of TensorFlow's behind", () => {
    const { binding } = tf.backend() as unknown as { binding: { getNumOfTensors(): number } };
    const shapes = [[2, 5, 5, 4], [3, 3, 4, 8], [8], [8], [3, 3, 8, 8], [8], [8]];
    const [x, ...filters] = shapes.map((shape) => waves(shape)) as [Tensor, ...Tensor[]];
    const parameters = filters.map((one) => tf.variable(one));
    const velocities = parameters.map((one) => tf.variable(tf.zerosLike(one)));
    const step = (): void =>
      tf.tidy(() => {
        const { grads } = tf.variableGrads(() => {
          const [filter1, gamma1, beta1, filter2, gamma2, beta2] = parameters as never[];
          const inputs = { x: x as never, filter1: filter1!, gamma1: gamma1!, beta1: beta1!, filter2: filter2! };
          const { y } = fused.residualBlock({ ...inputs, gamma2: gamma2!, beta2: beta2! }, { stride: 2 });
          return fused.globalAveragePool(y).square().mean();
        }, parameters);
        const gradients = parameters.map(({ name }) => grads[name]!);
        fused.sgd(parameters, gradients, velocities, { learningRate: 0.1, momentum: 0.9, weightDecay: 0.1 });
      });
    step();
    const before = binding.getNumOfTensors();
    for (let i = 0; i < 5; i++) step();
    expect(binding.getNumOfTensors()).toBe(before);
    tf.dispose([x, ...filters, ...parameters, ...velocities]);
  });
});
