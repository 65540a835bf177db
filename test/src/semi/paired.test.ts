import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { stream } from "../../../src/random/index.js";
import { effectiveNumberSampler, uniformSampler } from "../../../src/rebalance/index.js";
import { Paired } from "../../../src/semi/paired.js";

const sets = fc.record({
  labeled: fc.integer({ min: 1, max: 60 }),
  unlabeled: fc.integer({ min: 1, max: 200 }),
  batchSize: fc.integer({ min: 2, max: 80 }),
  seed: fc.nat(),
});

function paired({ labeled, ...rest }: { labeled: number; unlabeled: number; batchSize: number; seed: number }): Paired {
  const labels = Array.from({ length: labeled }, (_, i) => i % 2);
  return new Paired({ sampler: uniformSampler(labels, { classes: 2 }), labeled, ...rest });
}

/** How often each number from 0 to `length` - 1 comes. */
function often(numbers: Iterable<number>, length: number): number[] {
  const times = new Array<number>(length).fill(0);
  for (const number of numbers) times[number]!++;
  return times;
}

test("every batch is full, its first images are labeled and the rest are not, in the proportion of the sets", () => {
  fc.assert(
    fc.property(sets, fc.nat({ max: 5 }), (options, epoch) => {
      const { labeled, unlabeled, batchSize } = options;
      const made = paired(options);
      const { labeledPerBatch: first, stepsPerEpoch } = made;
      expect(stepsPerEpoch).toBe(Math.ceil((labeled + unlabeled) / batchSize));
      const exact = (batchSize * labeled) / (labeled + unlabeled);
      expect(first).toBeGreaterThanOrEqual(1);
      expect(first).toBeLessThan(batchSize);
      expect(Math.abs(first - Math.min(batchSize - 1, Math.max(1, exact)))).toBeLessThanOrEqual(0.5);
      const positions = made.positions(epoch);
      expect(positions).toHaveLength(stepsPerEpoch * batchSize);
      positions.forEach((position, i) => {
        expect(position < labeled).toBe(i % batchSize < first);
        expect(position).toBeLessThan(labeled + unlabeled);
      });
    }),
  );
});

test("no image comes twice as long as another of its set has not come as often", () => {
  fc.assert(
    fc.property(sets, (options) => {
      const { labeled, unlabeled } = options;
      const times = often(paired(options).positions(0), labeled + unlabeled);
      for (const part of [times.slice(0, labeled), times.slice(labeled)])
        expect(Math.max(...part) - Math.min(...part)).toBeLessThanOrEqual(1);
    }),
  );
});

test("where the batch divides both sets, an epoch shows each image once", () => {
  const made = paired({ labeled: 20, unlabeled: 100, batchSize: 24, seed: 3 });
  expect([made.labeledPerBatch, made.stepsPerEpoch]).toEqual([4, 5]);
  expect([...made.positions(7)].sort((a, b) => a - b)).toEqual(Array.from({ length: 120 }, (_, i) => i));
});

test("the same epoch is the same, and each epoch and seed another, in both parts", () => {
  const options = { labeled: 20, unlabeled: 100, batchSize: 24, seed: 3 };
  const parts = (seed: number, epoch: number): string[] => {
    const positions = [...paired({ ...options, seed }).positions(epoch)];
    return [positions.filter((p) => p < 20).join(), positions.filter((p) => p >= 20).join()];
  };
  expect(parts(3, 1)).toEqual(parts(3, 1));
  const all = [parts(3, 0), parts(3, 1), parts(4, 0)];
  for (const part of [0, 1]) expect(new Set(all.map((one) => one[part])).size).toBe(3);
  // Nor does asking for one epoch change another.
  const made = paired(options);
  const expected = made.positions(2);
  made.positions(0);
  expect(made.positions(2)).toEqual(expected);
});

test("images that are shown again come in another order", () => {
  const made = paired({ labeled: 8, unlabeled: 8, batchSize: 64, seed: 1 });
  const [labeled, unlabeled] = [made.positions(0).subarray(0, 32), made.positions(0).subarray(32)];
  for (const part of [labeled, unlabeled]) {
    const rounds = [0, 1, 2, 3].map((round) => part.slice(round * 8, round * 8 + 8).join());
    expect(new Set(rounds).size).toBe(4);
  }
});

test("the sampler chooses the labeled images, round after round, at the epoch it is", () => {
  const asked: number[] = [];
  const labels = [...new Array<number>(90).fill(0), ...new Array<number>(10).fill(1)];
  const inner = effectiveNumberSampler(labels, { classes: 2 });
  const sampler = {
    ...inner,
    epoch(epoch: number, random: ReturnType<typeof stream>) {
      asked.push(epoch);
      return inner.epoch(epoch, random);
    },
  };
  const made = new Paired({ sampler, labeled: 100, unlabeled: 50, batchSize: 3000, seed: 0 });
  const positions = made.positions(4);
  expect(new Set(asked)).toEqual(new Set([4]));
  expect(asked).toHaveLength(20); // 2,000 of 100
  const rare = [...positions.subarray(0, 2000)].filter((p) => p >= 90).length;
  expect(Math.abs(rare / 2000 - inner.classMass(4)[1]!)).toBeLessThan(0.06); // more than 5 deviations
});

describe("what cannot be is refused", () => {
  test.each([
    [{ labeled: 3, unlabeled: 0, batchSize: 8, seed: 0 }, "found 0 images and batches of 8"],
    [{ labeled: 3, unlabeled: 5, batchSize: 1, seed: 0 }, "found 5 images and batches of 1"],
  ])("%o", (options, message) => {
    expect(() => paired(options)).toThrow(RangeError);
    expect(() => paired(options)).toThrow(message);
  });
});
