import * as tf from "@tensorflow/tfjs";
import { expect, test } from "vitest";
import * as device from "../../../src/backend/device.js";

test("gradients are mended though no other backend was opened", async () => {
  await device.use("cpu");
  expect(tf.getBackend()).toBe("cpu");
  const mean = (x: tf.Tensor): tf.Tensor =>
    tf.avgPool(x as tf.Tensor4D, 3, 1, [
      [0, 0],
      [1, 2],
      [0, 1],
      [0, 0],
    ]);
  // Windows of 4, 6, 4 and 2 pixels give each its share: 3 / 4, 6 / 6, 9 / 4 and 12 / 2.
  const dy = tf.tensor4d([0, 3, 0, 6, 0, 9, 0, 12], [1, 4, 2, 1]);
  const dx = tf.grad(mean)(tf.ones([1, 3, 3, 1]), dy);
  expect([...(await dx.data())]).toEqual([0, 1.75, 1.75, 0, 4, 4, 0, 9.25, 9.25]);
});
