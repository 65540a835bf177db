import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { theorem3 } from "../../../../src/theory/index.js";
import { expectEqual, reference } from "../reference.js";
import { anyTraining, cells } from "./cells.js";

test.each(reference.theorem3_populationMidpoint)("population midpoint at beta $beta, d $d", (cell) => {
  const { beta, d, pMinus } = cell;
  const midpoint = theorem3.populationMidpoint({ beta, d, pMinus });
  expectEqual(midpoint.logPlus, cell.logErrPlus);
  expectEqual(midpoint.logMinus, cell.logErrMinus);
  expectEqual(midpoint.logError, cell.logErr);
  expectEqual(midpoint.error, cell.err);
  expectEqual(midpoint.minus, cell.errMinus);
  if (cell.errPlus > 0) expectEqual(midpoint.plus, cell.errPlus);
  else expect(midpoint.plus).toBe(0);
});

describe.each(cells)("Bayes threshold at beta $beta, d $d, p- $pMinus", (cell) => {
  test("threshold and error", () => {
    const { beta, d, pMinus } = cell;
    const bayes = theorem3.bayes({ beta, d, pMinus });
    expectEqual(bayes.threshold, cell.bayesC);
    expectEqual(bayes.logError, cell.bayesLogErr);
    if (cell.bayesErr > 1e-300) expectEqual(bayes.error, cell.bayesErr);
    expect(bayes.trivial).toBe(cell.bayesIsTrivial);
  });
});

test("no threshold, and no constant answer, beats Bayes", () => {
  fc.assert(
    fc.property(anyTraining, fc.double({ min: 0.01, max: 3, noNaN: true }), ({ beta, d, pMinus }, factor) => {
      const bayes = theorem3.bayes({ beta, d, pMinus });
      const other = theorem3.errorAt({ beta, d, pMinus, threshold: (factor * (1 + beta)) / 2 });
      expect(bayes.logError).toBeLessThanOrEqual(other.logError + 1e-9);
      expect(bayes.error).toBeLessThanOrEqual(1 - pMinus + 1e-12);
    }),
  );
});

test.each(reference.theorem3_firstDimension)("first dimension at beta $beta, p- $pMinus", (cell) => {
  const { beta, pMinus } = cell;
  expect(theorem3.firstDimension({ beta, pMinus })).toBe(cell.firstDBeatsMajority);
  expect(theorem3.firstDimension({ beta, pMinus, below: 0.25 })).toBe(cell.firstDBelowQuarter);
});

test("firstDimension is undefined where no dimension up to the largest will do", () => {
  expect(theorem3.firstDimension({ beta: 4, pMinus: 0.9, largest: 18 })).toBeUndefined();
  expect(theorem3.firstDimension({ beta: 4, pMinus: 1, largest: 50 })).toBeUndefined();
});

test("the error falls exponentially with d, at the rate of Chernoff's exponent", () => {
  const rate = (d: number) => -theorem3.populationMidpoint({ beta: 4, d, pMinus: 0.9 }).logMinus / d;
  const limit = (2.5 / 4 - 1 - Math.log(2.5 / 4)) / 2;
  expect(rate(100_000)).toBeGreaterThan(limit);
  expect(rate(100_000) / limit).toBeCloseTo(1, 2);
  // With beta it does not fall to 0: the exponent tends to (log 2 - 1/2)/2 per dimension.
  const far = theorem3.populationMidpoint({ beta: 1e9, d: 100_000, pMinus: 0.9 }).logMinus / -100_000;
  expect(far / ((Math.LN2 - 0.5) / 2)).toBeCloseTo(1, 2);
});
