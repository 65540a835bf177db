import * as tf from "@tensorflow/tfjs";
import type { Tensor1D } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { use } from "../../../src/backend/device.js";
import { buildLoss, ldam, LOSSES, resolveLoss, type LossName } from "../../../src/losses/index.js";
import { evaluate } from "./reference.js";

beforeAll(async () => void (await use("simd")));

test.each(Object.keys(LOSSES) as LossName[])("%s refuses batches that do not fit, weights too", (name) => {
  const loss = buildLoss(name, { counts: [9, 3, 1] });
  const given = (classes: number, labels: Tensor1D, weights?: number[]) => () =>
    tf.tidy(() => loss.loss(tf.zeros([2, classes]), labels, weights));
  const labels = tf.tensor1d([0, 1], "int32");
  expect(given(4, labels)).toThrow(`loss "${name}": expected logits of shape [batch, 3], as many classes`);
  expect(given(3, tf.tensor1d([0, 1]))).toThrow("expected labels of type int32");
  expect(given(3, labels, [1, 1])).toThrow("expected 3 weights, one a class, found 2");
  expect(given(3, labels, [1, -1, 1])).toThrow("weights must be an array of finite numbers >= 0");
  labels.dispose();
});

test.each(Object.keys(LOSSES) as LossName[])("%s refuses arrays, which are no tensors", (name) => {
  const { loss } = buildLoss(name, { counts: [9, 3] });
  const logits = tf.zeros<tf.Rank.R2>([2, 2]);
  expect(() => loss([[1, 2]] as never, [0] as never)).toThrow(
    "expected logits of type float32 and shape [batch, classes] with at least 1 image and 2 classes, found no tensor but [",
  );
  expect(() => loss(undefined as never, [0] as never)).toThrow("found no tensor but undefined");
  expect(() => loss(logits, [0, 1] as never)).toThrow(
    'found no tensor but [ 0, 1 ]; tf.tensor1d(labels, "int32") makes them',
  );
  logits.dispose();
});

describe("a specification", () => {
  test("is resolved with all defaults, whatever the order and form in which it was given", () => {
    expect(JSON.stringify(resolveLoss("cross-entropy"))).toBe('{"name":"cross-entropy"}');
    for (const spec of ["focal", { name: "focal" }, { form: "authors", gamma: 1, name: "focal" }] as const)
      expect(JSON.stringify(resolveLoss(spec))).toBe('{"name":"focal","gamma":1,"form":"authors"}');
    expect(JSON.stringify(resolveLoss({ scale: 16, name: "ldam" }))).toBe('{"name":"ldam","maxMargin":0.5,"scale":16}');
    expect(resolveLoss({ name: "focal", gamma: undefined } as never)).toEqual(resolveLoss("focal"));
    expect(resolveLoss(resolveLoss("ldam"))).toEqual(resolveLoss("ldam"));
  });

  test("builds the loss that it says, for its classifier", () => {
    const names = Object.keys(LOSSES) as LossName[];
    expect(names.map((name) => [name, buildLoss(name, { counts: [2, 1] }).head])).toEqual([
      ["cross-entropy", "linear"],
      ["focal", "linear"],
      ["ldam", "cosine"],
    ]);
    const counts = [100, 10];
    const loss = buildLoss({ name: "ldam", maxMargin: 0.3 }, { counts });
    expect(loss).toMatchObject({ name: "ldam", spec: { name: "ldam", maxMargin: 0.3, scale: 30 } });
    const given = evaluate((z, y) => loss.loss(z, y), [[0.5, 0.4]], [0]);
    expect(given).toEqual(evaluate((z, y) => ldam(z, y, { counts, maxMargin: 0.3 }), [[0.5, 0.4]], [0]));
  });

  test("is refused where it is wrong", () => {
    const counts = [2, 1];
    const known = "expected the name of a loss, one of cross-entropy, focal, ldam, found";
    expect(() => resolveLoss("Focal" as never)).toThrow(`${known} "Focal"`);
    expect(() => resolveLoss({ name: "toString" } as never)).toThrow(`${known} "toString"`);
    expect(() => resolveLoss({ gamma: 1 } as never)).toThrow(`${known} undefined`);
    expect(() => resolveLoss({ name: "ldam", gamma: 1 } as never)).toThrow(
      'loss "ldam": there is no parameter "gamma"; the parameters are maxMargin, scale',
    );
    expect(() => resolveLoss({ name: "cross-entropy", weights: [1] } as never)).toThrow('no parameter "weights"');
    expect(() => resolveLoss({ name: "focal", gamma: -1 })).toThrow(
      'loss "focal": gamma must be a finite number >= 0 (got -1)',
    );
    expect(() => buildLoss("ldam", { counts: [] })).toThrow("buildLoss: counts must be a non-empty array");
    expect(() => buildLoss("ldam", { counts: [0, 0] })).toThrow("expected images in at least one class, found none");
    expect(() => buildLoss("ldam", { counts, classes: 2 } as never)).toThrow('there is no parameter "classes"');
  });
});
