import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RandomState, stream } from "../../../src/random/index.js";
import { countLabels, exponentialProfile, subset } from "../../../src/tail/index.js";
import { digest, labels, reference } from "./reference.js";

test("D_L and then D_U are what NumPy's legacy shuffle picks", () => {
  const { counts, order, labeled, unlabeledCounts, unlabeled } = reference.subsets;
  const random = new RandomState(0);
  const first = subset(labels(6000, 10), { counts, order, random });
  const second = subset(labels(9000, 10), { counts: unlabeledCounts, order, random });
  expect([...first.slice(0, 8)]).toEqual(labeled.first);
  expect([...second.slice(-4)]).toEqual(unlabeled.last);
  expect([digest(first), digest(second)]).toEqual([labeled.sha256, unlabeled.sha256]);
});

const folder = process.env["LONGTAIL_DATASETS"];
const authors = [
  { set: "cifar10", head: 5000, order: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] },
  { set: "svhn", head: 1000, order: [1, 2, 3, 4, 5, 6, 7, 8, 9, 0] },
];
for (const { set, head, order } of authors) {
  const file = folder === undefined ? undefined : join(folder, set, "train-labels.u8");
  test(`the authors' very images of ${set}`, ({ skip }) => {
    if (file === undefined || !existsSync(file)) skip("needs LONGTAIL_DATASETS with the training labels of this set");
    const counts = exponentialProfile({ classes: 10, head, rho: 100 });
    const chosen = subset(readFileSync(file!), { counts, order, random: new RandomState(0) });
    expect(digest(chosen)).toBe(reference.authors[`${set}-exp-100`]);
  });
}

const sets = fc
  .record({
    classes: fc.integer({ min: 1, max: 6 }),
    seed: fc.integer(),
    length: fc.integer({ min: 0, max: 200 }),
  })
  .chain(({ classes, seed, length }) =>
    fc.record({
      labels: fc.array(fc.integer({ min: 0, max: classes - 1 }), { minLength: length, maxLength: length }),
      share: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: classes, maxLength: classes }),
      order: fc.shuffledSubarray(
        Array.from({ length: classes }, (_, c) => c),
        { minLength: classes },
      ),
      seed: fc.constant(seed),
    }),
  );

test("a subset holds the images asked for, each once; the rest can be drawn from what is left", () => {
  fc.assert(
    fc.property(sets, ({ labels, share, order, seed }) => {
      const available = countLabels(labels, order.length);
      const counts = order.map((label, i) => Math.floor(available[label]! * share[i]!));
      const options = { counts, order, random: stream(seed) };
      const chosen = subset(labels, options);
      expect(new Set(chosen).size).toBe(chosen.length);
      const wanted = order.flatMap((label, i) => new Array<number>(counts[i]!).fill(label));
      expect([...chosen].map((i) => labels[i])).toEqual(wanted);
      expect(subset(labels, { ...options, random: stream(seed) })).toEqual(chosen);
      const left = order.map((label, i) => available[label]! - counts[i]!);
      const rest = subset(labels, { counts: left, order, random: stream(seed), exclude: chosen });
      expect([...chosen, ...rest].sort((a, b) => a - b)).toEqual(labels.map((_, i) => i));
    }),
  );
});

describe("what cannot be is refused", () => {
  const random = stream(1);
  test("too few images: each class that lacks some, what was asked and what there is", () => {
    expect(() => subset([0, 0, 1, 2], { counts: [3, 1, 2], random, classes: ["cat", "dog", "owl"] })).toThrow(
      "subset: the set has too few images for this profile. class 0 (cat): asked 3, found 2; class 2 (owl): asked 2, found 1. Choose a smaller head or multiple, or another set.",
    );
  });
  test("no image at all of a class", () => {
    expect(() => subset([0, 0], { counts: [1, 1], random })).toThrow("class 1: asked 1, found 0");
  });
  test("excluded images are not there", () => {
    expect(() => subset([0, 0], { counts: [2], random, exclude: [1] })).toThrow("class 0: asked 2, found 1");
  });
  test("an order that misses a class", () => {
    expect(() => subset([0, 1], { counts: [1, 1], order: [0, 0], random })).toThrow("2 different labels");
  });
  test("a missing source of randomness", () => {
    expect(() => subset([0], { counts: [1] } as never)).toThrow("random must be a random.Stream");
  });
  test("fewer counts than classes, but where an order says which", () => {
    expect(() => subset([0, 1, 2, 3], { counts: [1, 1], random })).toThrow(
      "subset: counts has 2 classes, but there are labels up to 3",
    );
    expect([...subset([0, 1, 2, 3], { counts: [1, 1], order: [3, 1], random })]).toEqual([3, 1]);
    expect([...subset([0, 1, 2, 3], { counts: [1, 1, 0, 0], random })]).toEqual([0, 1]);
  });
  test("labels beyond the classes", () => {
    expect(() => countLabels([0, 1, 2], 2)).toThrow("label 2 of image 2 is not below 2");
    for (const classes of [NaN, 1.5, -1])
      expect(() => countLabels([0], classes)).toThrow(
        `classes must be an integer from 1 to 2147483647 (got ${classes})`,
      );
  });
});
