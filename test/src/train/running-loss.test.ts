import * as tf from "@tensorflow/tfjs";
import { afterAll, describe, expect, test } from "vitest";
import { use } from "../../../src/backend/device.js";
import { DivergenceError } from "../../../src/eval/index.js";
import { RunningLoss } from "../../../src/train/running-loss.js";

/** Plain JavaScript under another name: a device that computes aside, as far as the running loss can tell. */
function aside(): void {
  if (!tf.engine().registryFactory["aside"]) {
    tf.registerBackend("aside", () => tf.engine().registryFactory["cpu"]!.factory());
    tf.copyRegisteredKernels("cpu", "aside");
  }
}
afterAll(() => use("cpu"));

describe.each(["simd", "cpu", "aside"])("on %s", (device) => {
  const begin = async (): Promise<number> => {
    await (device === "aside" ? use("cpu") : use(device));
    if (device === "aside") {
      aside();
      await tf.setBackend("aside");
    }
    return tf.memory().numTensors;
  };

  test("the mean weighs by images, and losses are disposed of", async () => {
    const held = await begin();
    const running = new RunningLoss();
    running.add(tf.scalar(2), 128);
    running.add(tf.scalar(0.5), 32);
    expect(await running.mean()).toBeCloseTo((2 * 128 + 0.5 * 32) / 160, 6);
    running.add(tf.scalar(1), 40);
    expect(await running.save()).toEqual({ sum: 2 * 128 + 0.5 * 32 + 40, images: 200 });
    expect(await running.mean()).toBeCloseTo(312 / 200, 6);
    expect(tf.memory().numTensors).toBe(held);
  });

  test("of more losses than are kept one by one, each counts by its images", async () => {
    const held = await begin();
    const running = new RunningLoss();
    for (let i = 0; i < 200; i++) running.add(tf.scalar(i), i % 2 === 0 ? 3 : 1);
    const sum = Array.from({ length: 200 }, (_, i) => (i % 2 === 0 ? 3 : 1) * i).reduce((a, b) => a + b);
    expect(await running.save()).toEqual({ sum, images: 400 });
    expect(tf.memory().numTensors).toBe(held);
  });

  test("what is not asked for is given back", async () => {
    const held = await begin();
    const running = new RunningLoss();
    for (let i = 0; i < 40; i++) running.add(tf.scalar(i), 2);
    running.dispose();
    expect(tf.memory().numTensors).toBe(held);
  });

  test("goes on from what was saved", async () => {
    await begin();
    const { sum, images } = { sum: 10, images: 5 };
    const running = new RunningLoss(sum, images);
    running.add(tf.scalar(4), 5);
    expect(await running.mean()).toBe(3);
    expect(await new RunningLoss().mean()).toBe(0);
    const one = new RunningLoss();
    one.add(tf.scalar(4), 1);
    expect(await one.mean()).toBe(4);
  });

  test("within a tidy, what is kept outlives it", async () => {
    const held = await begin();
    const running = new RunningLoss();
    for (let i = 0; i < 3; i++) tf.tidy(() => running.add(tf.mul<tf.Scalar>(tf.scalar(2), i), 2));
    expect(await running.mean()).toBe(2);
    expect(tf.memory().numTensors).toBe(held);
  });

  test.each([NaN, Infinity, -Infinity])("%d: the run diverged", async (value) => {
    const held = await begin();
    const running = new RunningLoss();
    for (const loss of [1, value, 1]) running.add(tf.scalar(loss), 2);
    await expect(running.mean()).rejects.toThrow(DivergenceError);
    await expect(running.save()).rejects.toThrow(`The loss became ${value}: the run diverged`);
    expect(tf.memory().numTensors).toBe(held);
  });
});
