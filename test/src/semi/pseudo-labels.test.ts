import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { use } from "../../../src/backend/device.js";
import type { Examples } from "../../../src/data/index.js";
import type { Network } from "../../../src/models/index.js";
import { pseudoLabel, PseudoLabels } from "../../../src/semi/index.js";
import {
  exactLogits,
  exactLogSoftmax,
  tinyExamples,
  tinyNetwork,
  tinyNormalization,
  weightsOf,
} from "./tiny-network.js";

beforeAll(() => use("simd"));

const normalization = tinyNormalization;
const unlabeled = tinyExamples(50, 7);
const { classes } = unlabeled;

function exactProbabilities(network: Network, examples: Examples, scale = 1): number[][] {
  const rows = Array.from({ length: examples.length }, (_, i) =>
    Array.from(examples.image(i), (byte) => (byte / 255 - 0.5) / 0.3),
  );
  return exactLogits(network, weightsOf(network), rows).map((row) =>
    exactLogSoftmax(row.map((z) => z * scale)).map(Math.exp),
  );
}

test.each([
  ["linear", 1],
  ["cosine", 10],
] as const)(
  "%s head: labels are the classes of the largest probability, which is the confidence",
  async (head, scale) => {
    const network = tinyNetwork({ head });
    const { labels, confidence, kept } = await pseudoLabel(network, unlabeled, classes, { normalization, scale });
    exactProbabilities(network, unlabeled, scale).forEach((row, i) => {
      const [most, next] = row.toSorted((a, b) => b - a);
      if (most! - next! > 1e-5) expect(labels[i]).toBe(row.indexOf(most!));
      expect(Math.abs(confidence[i]! - most!)).toBeLessThan(1e-6);
    });
    expect(kept).toEqual(Uint32Array.from(labels.keys()));
    expect(new Set(labels).size).toBeGreaterThan(1);
    network.dispose();
  },
);

test("a threshold keeps images that are as confident, in order, with what was found of them", async () => {
  const network = tinyNetwork();
  const all = await pseudoLabel(network, unlabeled, classes, { normalization });
  const middle = [...all.confidence].sort((a, b) => a - b)[20]!;
  const some = await pseudoLabel(network, unlabeled, classes, { normalization, threshold: middle });
  expect([...some.kept]).toEqual([...all.kept].filter((i) => all.confidence[i]! >= middle));
  expect(some.kept).toHaveLength(30);
  expect(some.labels).toEqual(all.labels);
  const { examples } = some;
  expect(examples).toHaveLength(30);
  some.kept.forEach((at, i) => {
    expect(examples.image(i)).toEqual(unlabeled.image(at));
    expect(examples.labels[i]).toBe(all.labels[at]);
  });
  expect(some.counts()).toEqual([0, 1, 2].map((c) => [...some.kept].filter((at) => all.labels[at] === c).length));
  const none = await pseudoLabel(network, unlabeled, classes, { normalization, threshold: 1 });
  expect([none.kept.length, none.counts()]).toEqual([0, [0, 0, 0]]);
  expect(() => none.quality()).toThrow("expected labels of one or more images, found none");
  network.dispose();
});

test("true labels are not looked at: others give the same, but another quality", async () => {
  const network = tinyNetwork();
  const other = unlabeled.relabel(unlabeled.labels.map((label) => (label + 1) % 3));
  const [a, b] = [
    await pseudoLabel(network, unlabeled, classes, { normalization }),
    await pseudoLabel(network, other, classes, { normalization }),
  ];
  expect([b.labels, b.confidence]).toEqual([a.labels, a.confidence]);
  expect(b.quality().counts).not.toEqual(a.quality().counts);
  network.dispose();
});

test("quality: precision of a class is the share of right ones among those that were taken for it", () => {
  const cases = fc.array(fc.record({ truth: fc.nat(2), found: fc.nat(2), sure: fc.boolean() }), {
    minLength: 1,
    maxLength: 40,
  });
  fc.assert(
    fc.property(cases, (images) => {
      fc.pre(images.some(({ sure }) => sure));
      const examples = tinyExamples(images.length, 1).relabel(images.map(({ truth }) => truth));
      const kept = Uint32Array.from(images.keys()).filter((i) => images[i]!.sure);
      const labels = Uint16Array.from(images, ({ found }) => found);
      const made = new PseudoLabels(examples, labels, new Float32Array(images.length), kept, classes);
      const { perClass, accuracy, total } = made.quality();
      const sure = images.filter((image) => image.sure);
      expect(total).toBe(sure.length);
      expect(accuracy).toBeCloseTo(sure.filter(({ truth, found }) => truth === found).length / sure.length, 12);
      expect(made.counts()).toEqual(perClass.map(({ predicted }) => predicted));
      perClass.forEach(({ precision, name }, c) => {
        const taken = sure.filter(({ found }) => found === c);
        expect(name).toBe(classes[c]);
        if (taken.length === 0) expect(precision).toBeNull();
        else expect(precision).toBeCloseTo(taken.filter(({ truth }) => truth === c).length / taken.length, 12);
      });
    }),
  );
});

test("images of other classes get labels, too, of which quality says nothing", async () => {
  const network = tinyNetwork();
  for (const others of [tinyExamples(20, 7, 5), unlabeled.relabel(unlabeled.labels, ["a", "b", "c"])]) {
    const found = await pseudoLabel(network, others, classes, { normalization });
    expect(found.examples.classes).toEqual(classes);
    expect(found.counts().reduce((a, b) => a + b)).toBe(others.length);
    expect(() => found.quality()).toThrow(
      "quality: expected images of the classes that were learned, class 0, class 1, class 2, found",
    );
  }
  network.dispose();
});

describe("what cannot be is refused", () => {
  const cases: [name: string, options: object, message: string][] = [
    [
      "a threshold above 1",
      { normalization, threshold: 1.5 },
      "pseudoLabel: threshold must be a number in [0, 1] (got 1.5)",
    ],
    ["a misspelt option", { normalization, treshold: 0.5 }, 'there is no parameter "treshold"'],
    ["no normalization", {}, "normalization must be an object"],
    ["a scale of 0", { normalization, scale: 0 }, "scale must be"],
  ];
  test.each(cases)("%s", async (_name, options, message) => {
    const network = tinyNetwork();
    const attempt = pseudoLabel(network, unlabeled, classes, options as never);
    await expect(attempt).rejects.toThrow(RangeError);
    await expect(attempt).rejects.toThrow(message);
    network.dispose();
  });

  test("names of more or fewer classes than the network has", async () => {
    const network = tinyNetwork();
    for (const names of [classes.slice(1), [...classes, "another"]])
      await expect(pseudoLabel(network, unlabeled, names, { normalization })).rejects.toThrow(
        `expected names of the network's 3 classes, found ${names.length}`,
      );
    network.dispose();
  });

  test("cosines without a scale: no threshold would keep an image", async () => {
    const network = tinyNetwork({ head: "cosine" });
    await expect(pseudoLabel(network, unlabeled, classes, { normalization })).rejects.toThrow(
      'pseudoLabel: expected scale, the factor of the cosines that "tiny" gives',
    );
    network.dispose();
  });

  test("a network of NaN", async () => {
    const network = tinyNetwork();
    network.weights[0]!.variable.assign(tf.fill(network.weights[0]!.variable.shape, NaN));
    await expect(pseudoLabel(network, unlabeled, classes, { normalization })).rejects.toThrow(
      "expected numbers, found NaN in the logits of example 0: the network diverged",
    );
    network.dispose();
  });

  test("and what is stopped says why", async () => {
    const network = tinyNetwork();
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(pseudoLabel(network, unlabeled, classes, { normalization, signal })).rejects.toThrow("enough");
    network.dispose();
  });
});

test("the table says of each pseudo-label how many images have it, how many are kept, and the mean of their confidence", () => {
  const four = tinyExamples(4, 7);
  const [labels, confidence] = [Uint16Array.of(0, 0, 2, 0), Float32Array.of(0.5, 0.75, 0.875, 0.625)];
  const shown = String(new PseudoLabels(four, labels, confidence, Uint32Array.of(1, 2, 3), ["a", "b", "c"]));
  const [caption, , , ...rows] = shown.split("\n");
  expect(caption).toBe("3 of 4 images kept with their pseudo-labels");
  expect(rows.map((row) => row.trim().split(/ +/))).toEqual([
    ["a", "3", "2", "0.625"],
    ["b", "0", "0", "–"],
    ["c", "1", "1", "0.875"],
  ]);
});
