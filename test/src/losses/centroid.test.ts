import * as tf from "@tensorflow/tfjs";
import type { Scalar, Tensor, Tensor1D, Tensor2D } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { use } from "../../../src/backend/device.js";
import { centroid, type CentroidOptions } from "../../../src/losses/index.js";
import fixture from "../../fixtures/models/meta-embedding.json" with { type: "json" };

const { batch, width, classes } = fixture;

/** Value and gradients of `factor` times the loss. */
function evaluate(options: CentroidOptions, factor = 1, labels: readonly number[] = fixture.labels) {
  return tf.tidy(() => {
    const truth = tf.tensor1d(labels as number[], "int32");
    const loss = (...args: Tensor[]): Scalar => {
      const [features, centroids] = args as [Tensor2D, Tensor2D];
      return tf.mul(centroid(features, truth, centroids, options), factor);
    };
    const inputs = [tf.tensor2d(fixture.features, [batch, width]), tf.tensor2d(fixture.memory, [classes, width])];
    const { value, grads } = tf.valueAndGrads(loss)(inputs);
    const [byFeatures, byCentroids] = grads.map((grad) => grad.dataSync<"float32">());
    return { value: value.dataSync()[0]!, byFeatures: byFeatures!, byCentroids: byCentroids! };
  });
}

const farthest = (found: ArrayLike<number>, expected: ArrayLike<number>): number => {
  expect(found.length).toBe(expected.length);
  return Math.max(...Array.from(expected, (one, i) => Math.abs(one - found[i]!)));
};

describe.each(["simd", "cpu"])("the centroid loss on %s", (device) => {
  beforeAll(async () => void (await use(device)));

  test.each(fixture.centroid)("margin $margin, repel $repel: is PyTorch's in float64", (expected) => {
    const { margin, repel } = expected;
    const found = evaluate({ margin, repel });
    const errors = [
      Math.abs(found.value / expected.value - 1),
      farthest(found.byFeatures, expected.byFeatures),
      farthest(found.byCentroids, expected.byCentroids),
    ];
    console.log(`${device}, margin ${margin}, repel ${repel}: ${errors.map((e) => e.toExponential(1)).join(", ")}`);
    for (const error of errors) expect(error).toBeLessThan(2e-6);
  });

  test("10 and 0.01 are the defaults", () => expect(evaluate({})).toEqual(evaluate({ margin: 10, repel: 0.01 })));

  test("what the loss is multiplied by is in the gradient by the features, and not in the pull on the centroids", () => {
    const [one, hundredth] = [evaluate({ repel: 0 }), evaluate({ repel: 0 }, 0.01)];
    expect(farthest(one.byFeatures, hundredth.byFeatures.map((x) => 100 * x))).toBeLessThan(1e-6); // prettier-ignore
    expect(hundredth.byCentroids).toEqual(one.byCentroids);
  });

  test("a label outside makes it NaN", () => expect(evaluate({}, 1, [0, 1, 4, 0, 1]).value).toBeNaN());
});

test("what cannot be is refused", () => {
  const of = (f: Tensor, c: Tensor, y: Tensor = tf.tensor1d([0, 1], "int32"), options: object = {}) =>
    tf.tidy(() => centroid(f as Tensor2D, y as Tensor1D, c as Tensor2D, options));
  const [features, centroids] = [tf.zeros([2, 3]), tf.zeros([4, 3])];
  expect(() => of(features, tf.zeros([4, 2]))).toThrow("found float32 [2, 3] and float32 [4, 2]");
  expect(() => of(features, centroids, tf.tensor1d([0], "int32"))).toThrow(
    "one for each of 2 features, found int32 [1]",
  );
  expect(() => of(features, centroids, tf.tensor1d([0, 1]))).toThrow("expected int32 labels");
  expect(() => of(features, centroids, [0, 1] as never)).toThrow("found no tensor but [ 0, 1 ]");
  expect(() => of([[1, 2, 3]] as never, centroids)).toThrow("found no tensor but [ [Array] ] and float32 [4, 3]");
  expect(() => of(features, centroids, undefined, { margin: -1 })).toThrow("margin must be a finite number >= 0");
  expect(() => of(features, centroids, undefined, { weight: 1 })).toThrow('no parameter "weight"');
});
