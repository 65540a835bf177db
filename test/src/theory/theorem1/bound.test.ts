import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { theorem1 } from "../../../../src/theory/index.js";
import type { Mixture } from "../../../../src/theory/theorem1/index.js";
import { expectEqual, reference } from "../reference.js";
import { anyMixture, cells } from "./cells.js";

describe.each(cells)("mu $mu1, $mu2, sigma $sigma, p $p, q $q, n $nPlus, $nMinus, delta $delta", (cell) => {
  test("centre, three terms and probability as published, vacuous values unclamped", () => {
    const { centre, terms, probability } = theorem1.bound(cell.mixture);
    expectEqual(centre, cell.center);
    expectEqual(terms.gaussian, cell.termGaussian);
    expectEqual(terms.plus, cell.termPlus);
    expectEqual(terms.minus, cell.termMinus);
    expectEqual(probability, cell.theoremLowerBound);
  });

  test("the sub-Gaussian bound", () => {
    expectEqual(theorem1.subGaussianBound(cell.mixture), cell.jointSubGaussianLowerBound);
  });
});

test.each(reference.theorem1_deltaForLevel)("delta for level $level at $nPlus, $nMinus", ({ delta, ...cell }) => {
  expectEqual(theorem1.deltaForLevel(cell), delta);
});

test("deltaForLevel inverts the bound", () => {
  fc.assert(
    fc.property(anyMixture, fc.double({ min: 0, max: 0.999, noNaN: true }), ({ delta: _, ...cell }, level) => {
      const delta = theorem1.deltaForLevel({ ...cell, level });
      expect(theorem1.bound({ ...cell, delta }).probability).toBeCloseTo(level, 9);
    }),
  );
});

test.each(reference.theorem1_balance)("the failure bound at $nPlus of $N", ({ N, nPlus, failureBound }) => {
  const cell = { mu1: 1, mu2: -1, sigma: 1, p: 0.9, q: 0.7, nPlus, nMinus: N - nPlus, delta: 0.5 };
  expectEqual(1 - theorem1.bound(cell).probability, failureBound);
});

test("the bound is symmetric in the counts, best at equal counts, and grows with each count and with delta", () => {
  fc.assert(
    fc.property(anyMixture, fc.integer({ min: 1, max: 100 }), (cell, more) => {
      const at = (change: Partial<Mixture>) => theorem1.bound({ ...cell, ...change }).probability;
      const { nPlus, nMinus, delta } = cell;
      const slack = 1e-12;
      expect(at({ nPlus: nMinus, nMinus: nPlus })).toBeCloseTo(at({}), 12);
      expect(at({ nPlus: nPlus + more })).toBeGreaterThanOrEqual(at({}) - slack);
      expect(at({ nMinus: nMinus + more })).toBeGreaterThanOrEqual(at({}) - slack);
      expect(at({ delta: delta * 1.1 })).toBeGreaterThanOrEqual(at({}) - slack);
      const half = (nPlus + nMinus) / 2;
      if (Number.isInteger(half)) {
        expect(at({ nPlus: half, nMinus: half })).toBeGreaterThanOrEqual(at({}) - slack);
      }
    }),
  );
});

test("the bound does not depend on p and q, the centre not on the order of relabelled classes", () => {
  fc.assert(
    fc.property(anyMixture, (cell) => {
      const { terms } = theorem1.bound(cell);
      expect(theorem1.bound({ ...cell, p: 0.5, q: 0.5 }).terms).toEqual(terms);
      const { mu1, mu2, p, q, nPlus, nMinus } = cell;
      const relabelled = theorem1.bound({ ...cell, mu1: mu2, mu2: mu1, p: q, q: p, nPlus: nMinus, nMinus: nPlus });
      expect(relabelled.centre).toBeCloseTo(theorem1.bound(cell).centre, 10);
      expect(relabelled.probability).toBeCloseTo(theorem1.bound(cell).probability, 12);
    }),
  );
});

test("the sub-Gaussian bound is never below the theorem's, and never above the exact coverage", () => {
  fc.assert(
    fc.property(anyMixture, (cell) => {
      const ours = theorem1.subGaussianBound(cell);
      expect(ours).toBeGreaterThanOrEqual(theorem1.bound(cell).probability - 1e-12);
      expect(ours).toBeLessThanOrEqual(theorem1.exact(cell).coverage + 1e-12);
    }),
  );
});

test("p or q of 0 or 1, equal means and a vanishing sigma are inside the statement", () => {
  const cell = cells[0]!.mixture;
  expect(theorem1.bound({ ...cell, p: 1, q: 0 }).centre).toBe(1);
  expect(theorem1.bound({ ...cell, mu2: 1 }).terms).toMatchObject({ plus: 0, minus: 0 });
  expect(theorem1.bound({ ...cell, sigma: 1e-6 }).terms.gaussian).toBe(0);
});

test.each([1e-200, 1e200])("lengths in other units, %d times as large, change nothing", (unit) => {
  const counts = { nPlus: 100, nMinus: 60 };
  const in1 = { mu1: 1, mu2: -1, sigma: 1.5 };
  const inUnit = { mu1: unit, mu2: -unit, sigma: 1.5 * unit };
  const usual = { ...in1, ...counts, p: 0.9, q: 0.7, delta: 0.5 };
  const scaled = { ...usual, ...inUnit, delta: 0.5 * unit };
  expect(theorem1.bound(scaled).probability).toBeCloseTo(theorem1.bound(usual).probability, 12);
  expect(theorem1.subGaussianBound(scaled)).toBeCloseTo(theorem1.subGaussianBound(usual), 12);
  const delta = theorem1.deltaForLevel({ ...in1, ...counts, level: 0.5 });
  expect(theorem1.deltaForLevel({ ...inUnit, ...counts, level: 0.5 }) / unit).toBeCloseTo(delta, 12);
});

test("a delta beyond the largest double is infinite", () => {
  expect(theorem1.deltaForLevel({ mu1: 0, mu2: 0, sigma: 1e308, nPlus: 1, nMinus: 1, level: 0.5 })).toBe(Infinity);
});
