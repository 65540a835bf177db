import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stream } from "../../../src/random/index.js";
import {
  balancedSampler,
  classAwareSampler,
  deferredSampler,
  effectiveNumbers,
  effectiveNumberSampler,
  effectiveNumberWeights,
  uniformSampler,
  type Sampler,
} from "../../../src/rebalance/index.js";
import { reference } from "../tail/reference.js";

type Make = (labels: ArrayLike<number>, options: { classes: number }) => Sampler;

/** Every sampler holds what the contract below says. */
const samplers: Record<string, Make> = {
  uniform: uniformSampler,
  balanced: balancedSampler,
  effectiveNumber: effectiveNumberSampler,
  classAware: classAwareSampler,
  deferred: (labels, options) =>
    deferredSampler({ first: uniformSampler(labels, options), then: balancedSampler(labels, options), at: 3 }),
};

/** Labels of a set with these many images of each class, mixed. */
function labelled(counts: readonly number[]): number[] {
  return stream(1).shuffle(counts.flatMap((n, c) => new Array<number>(n).fill(c)));
}

const sets = fc
  .array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 8 })
  .filter((counts) => counts.some((n) => n > 0));

/**
 * The draws of a class, over many epochs, are within six standard deviations of what its mass says: for independent
 * draws the chance of a false alarm is 2e-9, and class-aware and uniform draws vary less.
 */
function expectMass(sampler: Sampler, labels: readonly number[], epoch: number): void {
  const mass = sampler.classMass(epoch);
  expect(mass.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
  const drawn = mass.map(() => 0);
  const epochs = 40;
  for (let repetition = 0; repetition < epochs; repetition++)
    for (const position of sampler.epoch(epoch, stream(repetition, "epoch"))) drawn[labels[position]!]!++;
  const n = epochs * labels.length;
  mass.forEach((m, c) => {
    // Class-aware sampling begins each epoch with a new order and may stop within a class: up to perClass images more.
    const slack = sampler.name === "class-aware" ? 4 * Math.sqrt(epochs) * 6 : 0;
    expect(Math.abs(drawn[c]! - n * m)).toBeLessThanOrEqual(6 * Math.sqrt(n * m * (1 - m)) + slack + 1e-9);
  });
}

for (const [name, make] of Object.entries(samplers))
  describe(name, () => {
    test("an epoch holds as many images as the set, of classes as its masses say", () => {
      fc.assert(
        fc.property(sets, fc.nat({ max: 5 }), (counts, epoch) => {
          const labels = labelled(counts);
          const sampler = make(labels, { classes: counts.length });
          const drawn = sampler.epoch(epoch, stream(2));
          expect(drawn).toHaveLength(labels.length);
          expect(Math.max(...drawn)).toBeLessThan(labels.length);
          counts.forEach((n, c) => expect(sampler.classMass(epoch)[c]! > 0).toBe(n > 0));
        }),
      );
    });

    test("draws follow the masses", () => {
      fc.assert(
        fc.property(sets, (counts) => {
          const labels = labelled(counts);
          for (const epoch of [0, 4]) expectMass(make(labels, { classes: counts.length }), labels, epoch);
        }),
        { numRuns: 30 },
      );
    });

    test("the stream alone decides", () => {
      const labels = labelled([30, 10, 3]);
      const [one, other] = [make(labels, { classes: 3 }), make(labels, { classes: 3 })];
      one.epoch(0, stream(9));
      expect(one.epoch(1, stream(7))).toEqual(other.epoch(1, stream(7)));
      expect(one.epoch(1, stream(7))).not.toEqual(one.epoch(1, stream(8)));
    });

    test("an empty set and labels beyond the classes are refused", () => {
      expect(() => make([], { classes: 3 })).toThrow("expected one or more images, found none");
      expect(() => make([0, 3], { classes: 3 })).toThrow("expected labels below 3, found 3 for image 1");
      expect(() => make([0], { classes: 1, clases: 2 } as never)).toThrow('no parameter "clases"');
    });
  });

test("uniform sampling shows each image once", () => {
  const drawn = uniformSampler(labelled([50, 5]), { classes: 2 }).epoch(0, stream(3));
  expect([...drawn].sort((a, b) => a - b)).toEqual(Array.from({ length: 55 }, (_, i) => i));
});

test("within a class, every image is as likely", () => {
  const labels = labelled([1000, 20]);
  for (const make of [balancedSampler, effectiveNumberSampler, classAwareSampler] as Make[]) {
    const times = new Map<number, number>();
    for (let e = 0; e < 20; e++)
      for (const at of make(labels, { classes: 2 }).epoch(e, stream(e)))
        if (labels[at] === 1) times.set(at, (times.get(at) ?? 0) + 1);
    const all = [...times.values()];
    expect(all).toHaveLength(20);
    const mean = all.reduce((a, b) => a + b, 0) / 20;
    const chi2 = all.reduce((sum, n) => sum + (n - mean) ** 2 / mean, 0);
    expect(chi2).toBeLessThan(60); // 19 degrees of freedom: chance 4e-6
  }
});

test.each([
  ["four", {}, 4],
  ["two", { perClass: 2 }, 2],
])("class-aware sampling takes %s images of a class in a row, and all before one comes again", (_, options, size) => {
  const labels = labelled([40, 40, 40, 40]);
  const drawn = [...classAwareSampler(labels, { classes: 4, ...options }).epoch(0, stream(4))];
  for (let i = 0; i < drawn.length; i += size)
    expect(new Set(drawn.slice(i, i + size).map((at) => labels[at])).size).toBe(1);
  // Every class is once in each round, in an order of its own.
  const rounds = Array.from({ length: drawn.length / (4 * size) }, (_, round) =>
    [0, 1, 2, 3].map((k) => labels[drawn[(4 * round + k) * size]!]!),
  );
  for (const round of rounds) expect(round.toSorted()).toEqual([0, 1, 2, 3]);
  expect(new Set(rounds.map(String)).size).toBeGreaterThan(1);
  expect(new Set(drawn).size).toBe(160);
});

test("deferred sampling changes at its epoch", () => {
  const labels = labelled([90, 10]);
  const [first, then] = [uniformSampler(labels, { classes: 2 }), balancedSampler(labels, { classes: 2 })];
  const drs = deferredSampler({ first, then });
  expect(drs.classMass(159)).toEqual([0.9, 0.1]);
  expect(drs.classMass(160)).toEqual([0.5, 0.5]);
  expect(drs.epoch(160, stream(1))).toEqual(then.epoch(160, stream(1)));
  expect(drs.name).toBe("uniform, from epoch 160 on class-balanced");
});

describe("effective numbers", () => {
  for (const [name, mass] of Object.entries(reference.mass))
    test(`class masses of the authors' resampling, ${name}`, () => {
      const counts = reference.labeled[name]!;
      const sampler = effectiveNumberSampler(labelled(counts), { classes: counts.length });
      sampler.classMass(0).forEach((m, c) => expect(Math.abs(m / mass[c]! - 1)).toBeLessThan(1e-12));
    });

  for (const [name, weights] of Object.entries(reference.weights))
    test(`weights of ${name}`, () => {
      const ours = effectiveNumberWeights(reference.labeled[name]!, 0.9999);
      ours.forEach((w, c) => expect(Math.abs(w / weights[c]! - 1)).toBeLessThan(1e-12));
    });

  test("weights add up to the number of classes, fall with the count, and are equal at beta 0", () => {
    const counts = fc.array(fc.integer({ min: 1, max: 1e6 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(counts, fc.double({ min: 0, max: 0.999999, noNaN: true }), (n, beta) => {
        const weights = effectiveNumberWeights(n, beta);
        expect(weights.reduce((a, b) => a + b, 0) / n.length).toBeCloseTo(1, 12);
        n.forEach((a, i) => n.forEach((b, j) => a < b && expect(weights[i]!).toBeGreaterThanOrEqual(weights[j]!)));
        if (beta === 0) expect(weights).toEqual(n.map(() => 1));
      }),
    );
  });

  test("lie between 1 and the count", () => {
    expect(effectiveNumbers([1, 5, 0, 0.5], 0)).toEqual([1, 1, 0, 1]);
    expect(effectiveNumbers([1, 5, 0], 1e-17)).toEqual([1, 1, 0]);
    expect(effectiveNumbers([7], 1 - 2 ** -52)[0]).toBeCloseTo(7, 6);
    expect(effectiveNumbers([1, 2], 0.5)).toEqual([1, 1.5]);
  });

  test("a class without images has no weight; no images at all are an error", () => {
    expect(effectiveNumberWeights([4, 0, 4], 0.9)).toEqual([1.5, 0, 1.5]);
    expect(() => effectiveNumberWeights([0, 0], 0.9)).toThrow("images in at least one class");
    expect(() => effectiveNumberWeights([1, 2], 1)).toThrow("beta must be a number in [0, 1)");
    expect(() => effectiveNumberWeights([1, NaN], 0.9)).toThrow("counts must be");
  });
});
