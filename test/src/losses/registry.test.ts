import fc from "fast-check";
import * as tf from "@tensorflow/tfjs";
import type { Rank, Tensor2D } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { use } from "../../../src/backend/device.js";
import { buildLoss, LOSSES, resolveLoss, type Loss, type LossName } from "../../../src/losses/index.js";
import { exact, type Sample } from "./float64.js";
import { distance, evaluate } from "./reference.js";

const names = Object.keys(LOSSES) as LossName[];

/** Batches of any shape, with classes that have no images or no weight; one image at least has weight. */
function samples(name: LossName): fc.Arbitrary<Sample> {
  const extent = LOSSES[name].head === "cosine" ? 1 : 6;
  const exactly = <T>(item: fc.Arbitrary<T>, length: number): fc.Arbitrary<T[]> =>
    fc.array(item, { minLength: length, maxLength: length });
  return fc.tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 2, max: 12 })).chain(([batch, classes]) =>
    fc
      .record({
        logits: exactly(exactly(fc.integer({ min: -64, max: 64 }), classes), batch),
        labels: exactly(fc.nat({ max: classes - 1 }), batch),
        counts: exactly(fc.nat({ max: 500 }), classes),
        weights: fc.option(exactly(fc.integer({ min: 0, max: 16 }), classes), { nil: undefined }),
      })
      .map(({ logits, labels, counts, weights }) => ({
        logits: logits.map((row) => row.map((z) => (z / 64) * extent)),
        labels,
        counts: counts.map((n, c) => (labels.includes(c) ? n + 1 : n)),
        weights: weights?.map((w, c) => (c === labels[0] ? w + 1 : w) / 4),
      })),
  );
}

const of = (loss: Loss, { logits, labels, weights }: Sample): ReturnType<typeof evaluate> =>
  evaluate((z, y) => loss.loss(z, y, weights), logits, labels);

describe.each(names)("%s", (name) => {
  const built = ({ counts }: Sample): Loss => buildLoss(name, { counts });

  describe.each(["simd", "cpu"])("on %s", (device) => {
    beforeAll(async () => void (await use(device)));

    test("is finite and not negative, and has value and gradient of float64", () => {
      fc.assert(
        fc.property(samples(name), (sample) => {
          const { value, gradient } = of(built(sample), sample);
          const expected = exact(resolveLoss(name), sample);
          expect(value).toBeGreaterThanOrEqual(0);
          expect(Math.abs(value - expected.value)).toBeLessThan(2e-6 * expected.value + 2e-7);
          // Float32 operations round LDAM's probabilities, times its scale, to 30 * 1e-7.
          expect(distance(gradient, expected.gradient)).toBeLessThan(1e-5 * Math.hypot(...expected.gradient) + 4e-6);
        }),
        { numRuns: 60 },
      );
    });

    test("falls in twenty steps down its gradient", () => {
      // The weights are at most 4 on average: steps below what the curvature, scale^2 / 2 and so on, allows.
      const rate = LOSSES[name].head === "cosine" ? 5e-4 : 2e-2;
      fc.assert(
        fc.property(samples(name), (sample) => {
          const loss = built(sample);
          const classes = sample.counts.length;
          const before = of(loss, sample).value;
          let logits = sample.logits;
          for (let step = 0; step < 20; step++) {
            const { gradient } = of(loss, { ...sample, logits });
            logits = logits.map((row, i) => row.map((z, c) => z - rate * gradient[i * classes + c]!));
          }
          const after = of(loss, { ...sample, logits }).value;
          if (before > 1e-3) expect(after).toBeLessThan(before);
          else expect(after).toBeLessThanOrEqual(before + 2e-7);
        }),
        { numRuns: 15 },
      );
    });

    test("does not depend on the order of the classes", () => {
      const orders = samples(name).chain((sample) => {
        const classes = sample.counts.map((_, c) => c);
        return fc.tuple(fc.constant(sample), fc.shuffledSubarray(classes, { minLength: classes.length }));
      });
      fc.assert(
        fc.property(orders, ([sample, order]) => {
          const permuted = <T>(row: readonly T[]): T[] => order.map((c) => row[c]!);
          const other: Sample = {
            logits: sample.logits.map(permuted),
            labels: sample.labels.map((y) => order.indexOf(y)),
            counts: permuted(sample.counts),
            weights: sample.weights && permuted(sample.weights),
          };
          const [one, two] = [of(built(sample), sample), of(built(other), other)];
          expect(Math.abs(one.value - two.value)).toBeLessThanOrEqual(1e-6 * one.value + 2e-7);
          const classes = order.length;
          const back = one.gradient.map((_, i) => two.gradient[i - (i % classes) + order.indexOf(i % classes)]!);
          expect(distance(one.gradient, back)).toBeLessThan(1e-5 * Math.hypot(...one.gradient) + 4e-6);
        }),
        { numRuns: 30 },
      );
    });

    test("leaves one tensor, itself, and with its gradient no other", () => {
      const loss = buildLoss(name, { counts: [9, 3, 1] });
      const [z, y] = [tf.zeros<Rank.R2>([2, 3]), tf.tensor1d([0, 2], "int32")];
      const before = tf.memory().numTensors;
      for (const weights of [undefined, [0.5, 1, 1.5]])
        for (let step = 0; step < 3; step++) {
          const value = loss.loss(z, y, weights);
          expect(value.shape).toEqual([]);
          expect(tf.memory().numTensors).toBe(before + 1);
          value.dispose();
          const { value: again, grad } = tf.valueAndGrad((x) => loss.loss(x as Tensor2D, y, weights))(z);
          expect(tf.memory().numTensors).toBe(before + 2);
          tf.dispose([again, grad]);
        }
      expect(() => loss.loss(z, y, [1, 2])).toThrow(RangeError);
      expect(tf.memory().numTensors).toBe(before);
      tf.dispose([z, y]);
    });

    test("of a label outside the classes is NaN, not a wrong number", () => {
      const sample = {
        logits: [
          [0, 0.5],
          [1, 0],
        ],
        labels: [0, 2],
        counts: [5, 1],
      };
      expect(of(built(sample), sample).value).toBeNaN();
    });
  });

  test("is the same on simd and cpu, within the rounding of float32", async () => {
    const drawn = fc.sample(samples(name), { numRuns: 40, seed: 5 });
    const results: ReturnType<typeof of>[][] = [];
    for (const device of ["simd", "cpu"]) {
      await use(device);
      results.push(drawn.map((sample) => of(built(sample), sample)));
    }
    drawn.forEach((_, i) => {
      const [simd, cpu] = [results[0]![i]!, results[1]![i]!];
      expect(Math.abs(simd.value - cpu.value)).toBeLessThan(2e-6 * cpu.value + 2e-7);
      expect(distance(simd.gradient, cpu.gradient)).toBeLessThan(5e-6 * Math.hypot(...cpu.gradient) + 4e-6);
    });
  });
});
