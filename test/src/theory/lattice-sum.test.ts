import fc from "fast-check";
import { expect, test } from "vitest";
import { binomialLogPmf } from "../../../src/theory/binomial.js";
import { logBoundedSum, logLatticeSum } from "../../../src/theory/lattice-sum.js";
import { logAdd } from "../../../src/theory/logarithms.js";
import { normalLogSf } from "../../../src/theory/normal.js";

test("any start finds the maximum, and a distribution sums to 1", () => {
  const size = fc.integer({ min: 1, max: 2_000_000 });
  const chance = fc.double({ min: 0.001, max: 0.999, noNaN: true });
  fc.assert(
    fc.property(size, chance, fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean(), (n, p, at, skip) => {
      const { logSum, mode } = logLatticeSum((k) => binomialLogPmf(n, p, k), {
        start: Math.round(at * n),
        lo: 0,
        hi: n,
        maxStride: skip ? n : 1,
      });
      expect(Math.abs(logSum)).toBeLessThan(1e-11);
      expect(Math.abs(mode - n * p)).toBeLessThanOrEqual(1 + 1e-6 * Math.sqrt(n));
    }),
    { numRuns: 200 },
  );
});

test("skipping gives the same sum as taking every term, in bulk and in tails of exp(-800)", () => {
  const n = 200_000;
  const sd = Math.sqrt(n * 0.21);
  for (const p of [0.3, 0.7]) {
    for (const distance of [0, 3, 10, 40]) {
      for (const width of [0.3, 1, 4]) {
        const term = (k: number) => binomialLogPmf(n, p, k) + normalLogSf((n * p + distance * sd - k) / (width * sd));
        const range = { start: Math.round(n * p), lo: 0, hi: n };
        const every = logLatticeSum(term, range).logSum;
        const some = logLatticeSum(term, { ...range, maxStride: (width * sd) / 2 }).logSum;
        expect(Math.abs(some - every)).toBeLessThan(1e-12);
      }
    }
  }
});

test("skipping takes far fewer terms", () => {
  let calls = 0;
  const term = (k: number) => (calls++, binomialLogPmf(1e9, 0.5, k));
  logLatticeSum(term, { start: 5e8, lo: 0, hi: 1e9, maxStride: 1e9 });
  expect(calls).toBeLessThan(300);
});

test("a single possible term, and none", () => {
  const only = (k: number) => (k === 7 ? -3 : -Infinity);
  expect(logLatticeSum(only, { start: 7, lo: 0, hi: 10, maxStride: 10 })).toEqual({ logSum: -3, mode: 7 });
  expect(logLatticeSum(() => -Infinity, { start: 2, lo: 0, hi: 10 }).logSum).toBe(-Infinity);
});

test("terms of any shape below a bound: combs, staircases and single points are summed whole", () => {
  const [n, p] = [400, 0.3];
  const bound = (k: number) => binomialLogPmf(n, p, k);
  const range = { start: 200, lo: 0, hi: n };
  const shapes: ((k: number) => boolean)[] = [(k) => k % 37 === 5, (k) => k > 190, (k) => k === 399, (k) => k < 3];
  for (const included of shapes) {
    const term = (k: number) => (included(k) ? bound(k) : -Infinity);
    const every = Array.from({ length: n + 1 }, (_, k) => term(k)).sort((a, b) => a - b);
    const expected = every.reduce((sum, v) => logAdd(sum, v), -Infinity);
    expect(Math.abs(logBoundedSum(term, bound, range) - expected)).toBeLessThan(1e-11);
  }
  expect(logBoundedSum(() => -Infinity, bound, range)).toBe(-Infinity);
  const certain = (k: number) => binomialLogPmf(10, 1, k);
  expect(logBoundedSum(certain, certain, { start: 10, lo: 0, hi: 10 })).toBe(0);
});
