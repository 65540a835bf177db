import * as tf from "@tensorflow/tfjs";
import type { Tensor1D, Tensor2D } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { use } from "../../../src/backend/device.js";
import { crossEntropy } from "../../../src/losses/index.js";
import { evaluate, expectAsReference, reference } from "./reference.js";

const { logits, labels, weights } = reference.cases["small"]!;

describe.each(["simd", "cpu"])("cross-entropy on %s", (device) => {
  beforeAll(async () => void (await use(device)));

  test("has the values of the specification", () => {
    const each = [0.2413112967, 1.001942848, 4.559113895, 1.098612289];
    logits.forEach((row, i) => {
      const { value } = evaluate(crossEntropy, [row], [labels[i]!]);
      expect(Math.abs(value / each[i]! - 1)).toBeLessThan(1e-6);
    });
    expect(evaluate(crossEntropy, logits, labels).value).toBeCloseTo(1.725245082, 6);
    const weighted = evaluate((z, y) => crossEntropy(z, y, { weights }), logits, labels);
    expect(weighted.value).toBeCloseTo(1.429068331, 6);
  });

  const results = reference.results.filter(({ loss }) => loss === "cross-entropy");
  test.each(results)("is PyTorch's: $case, weighted: $weighted", (result) => {
    expectAsReference(result, (z, y, _, weights) => crossEntropy(z, y, weights && { weights }));
  });

  test("weights may be a tensor, which stays", () => {
    const tensor = tf.tensor1d(weights);
    const given = evaluate((z, y) => crossEntropy(z, y, { weights: tensor }), logits, labels);
    expect(given).toEqual(evaluate((z, y) => crossEntropy(z, y, { weights }), logits, labels));
    expect([...tensor.dataSync()]).toEqual(weights);
    tensor.dispose();
  });

  test("is NaN, as PyTorch's, where no image of the batch has weight", () => {
    expect(evaluate((z, y) => crossEntropy(z, y, { weights: [0, 1, 1] }), [[1, 2, 3]], [0]).value).toBeNaN();
  });
});

describe("what cannot be is refused", () => {
  const z = (): Tensor2D => tf.zeros([2, 3]);
  const y = (): Tensor1D => tf.tensor1d([0, 1], "int32");
  const cases: [name: string, call: () => unknown, message: string][] = [
    ["a misspelt option", () => crossEntropy(z(), y(), { weight: [1] } as never), 'there is no parameter "weight"'],
    [
      "labels of another type",
      () => crossEntropy(z(), tf.tensor1d([0, 1])),
      'expected labels of type int32 and shape [2], as many as there are rows of logits, found float32 [2]; tf.tensor1d(labels, "int32")',
    ],
    ["too few labels", () => crossEntropy(z(), tf.tensor1d([0], "int32")), "found int32 [1]"],
    ["one-hot labels", () => crossEntropy(z(), tf.zeros([2, 3], "int32") as never), "found int32 [2, 3]"],
    [
      "logits of one image without a batch",
      () => crossEntropy(tf.zeros([3]) as never, y()),
      "expected logits of type float32 and shape [batch, classes] with at least 1 image and 2 classes, found float32 [3]",
    ],
    ["an empty batch", () => crossEntropy(tf.zeros([0, 3]), tf.tensor1d([], "int32")), "found float32 [0, 3]"],
    ["one class", () => crossEntropy(tf.zeros([2, 1]), y()), "found float32 [2, 1]"],
    ["whole logits", () => crossEntropy(tf.zeros([2, 3], "int32"), y()), "found int32 [2, 3]"],
    ["too few weights", () => crossEntropy(z(), y(), { weights: [1, 2] }), "expected 3 weights, one a class, found 2"],
    ["too long a tensor", () => crossEntropy(z(), y(), { weights: tf.ones([4]) }), "found float32 [4]"],
    ["a tensor of a row", () => crossEntropy(z(), y(), { weights: tf.ones([1, 3]) as never }), "found float32 [1, 3]"],
    ["whole weights", () => crossEntropy(z(), y(), { weights: tf.ones([3], "int32") }), "found int32 [3]"],
    ["a negative weight", () => crossEntropy(z(), y(), { weights: [1, -1, 1] }), "weights must be an array of finite"],
    ["no weight at all", () => crossEntropy(z(), y(), { weights: [0, 0, 0] }), "not all 0"],
    ["NaN", () => crossEntropy(z(), y(), { weights: [1, NaN, 1] }), "weights must be an array of finite numbers >= 0"],
  ];
  test.each(cases)("%s", (_name, call, message) => {
    tf.engine().startScope();
    expect(call).toThrow(RangeError);
    expect(call).toThrow(message);
    tf.engine().endScope();
  });
});
