import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RandomState, restore, stream } from "../../../src/random/index.js";

/** What every generator promises, held against each of them. */
const generators = [
  { name: "stream", open: (seed: number) => stream(seed, "test"), reopen: restore },
  {
    name: "RandomState",
    open: (seed: number) => new RandomState(seed),
    reopen: (state: never) => RandomState.restore(state),
  },
] as const;

const seeds = fc.integer({ min: 0, max: 0xffffffff });

describe.each(generators)("$name", ({ open, reopen }) => {
  test("the same seed gives the same values, another seed other values", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const draw = (from: number) =>
          Array.from(
            { length: 4 },
            (
              (r) => () =>
                r.uniform()
            )(open(from)),
          );
        expect(draw(seed)).toEqual(draw(seed));
        expect(draw(seed)).not.toEqual(draw(seed === 0 ? 1 : seed - 1));
      }),
    );
  });

  test("uniform numbers lie in [0, 1) on the lattice of 2^-53", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const u = open(seed).uniform();
        expect(u).toBeGreaterThanOrEqual(0);
        expect(u).toBeLessThan(1);
        expect(Number.isInteger(u * 2 ** 53)).toBe(true);
      }),
    );
  });

  test("integers lie in [0, n), also above 2^32", () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (seed, n) => {
        const k = open(seed).integer(n);
        expect(Number.isSafeInteger(k)).toBe(true);
        expect(k).toBeGreaterThanOrEqual(0);
        expect(k).toBeLessThan(n);
      }),
    );
  });

  test("integer refuses what it cannot serve", () => {
    for (const n of [0, -1, 1.5, NaN, Infinity, 2 ** 53]) {
      expect(() => open(1).integer(n)).toThrow(`integer: n must be an integer from 1 to 2^53 - 1 (got ${n})`);
    }
  });

  test("a shuffle is a permutation, in place", () => {
    fc.assert(
      fc.property(seeds, fc.array(fc.integer()), (seed, items) => {
        const shuffled = [...items];
        expect(open(seed).shuffle(shuffled)).toBe(shuffled);
        expect(shuffled.toSorted((a, b) => a - b)).toEqual(items.toSorted((a, b) => a - b));
      }),
    );
  });

  test("a state taken anywhere, through JSON, goes on with the same values", () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 0, max: 1300 }), (seed, drawn) => {
        const generator = open(seed);
        for (let i = 0; i < drawn; i++) generator.uniform();
        const again = reopen(JSON.parse(JSON.stringify(generator.state())) as never);
        for (let i = 0; i < 5; i++) expect(again.uniform()).toBe(generator.uniform());
        expect(again.state()).toEqual(generator.state());
      }),
      { numRuns: 30 },
    );
  });

  test("integers, permutations and successive values are equally likely (chi-square, 6 standard deviations)", () => {
    const generator = open(2020);
    const draws = 120_000;
    const six = new Map<string, number>();
    const integers = new Float64Array(10);
    const pairs = new Float64Array(64);
    for (let i = 0; i < draws; i++) {
      const order = generator.shuffle([0, 1, 2]).join("");
      six.set(order, (six.get(order) ?? 0) + 1);
      integers[generator.integer(10)]!++;
      pairs[8 * Math.floor(8 * generator.uniform()) + Math.floor(8 * generator.uniform())]!++;
    }
    for (const counts of [[...six.values()], [...integers], [...pairs]]) {
      const expected = draws / counts.length;
      const statistic = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
      const df = counts.length - 1;
      expect(Math.abs(statistic - df)).toBeLessThan(6 * Math.sqrt(2 * df));
    }
    expect(six.size).toBe(6);
  });
});
