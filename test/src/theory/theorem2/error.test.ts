import fc from "fast-check";
import { expect, test } from "vitest";
import { theorem2 } from "../../../../src/theory/index.js";
import { expectEqual, reference } from "../reference.js";

test.each(reference.theorem2)("beta $beta, p- $pMinus, u $u", ({ beta, pMinus, u, term1, term2, err }) => {
  const { plus, minus } = theorem2.errorTerms({ beta, pMinus, u });
  if (term1 > 1e-300) expectEqual(plus, term1);
  else expect(plus).toBeLessThan(1e-300);
  expectEqual(minus, term2);
  expectEqual(theorem2.error({ beta, pMinus, u }), err);
});

test.each(reference.theorem2_tightFloor)(
  "floor at beta $beta, p- $pMinus",
  ({ beta, pMinus, uStar, infErr, attained }) => {
    const floor = theorem2.floor({ beta, pMinus });
    expectEqual(floor.u, uStar);
    expectEqual(floor.error, infErr);
    expect(floor.attained).toBe(attained);
  },
);

test.each(reference.theorem2_negativeIntercept)("b < 0: beta $beta, p- $pMinus, u $u", ({ beta, pMinus, u, err }) => {
  expectEqual(theorem2.error({ beta, pMinus, u }), err);
});

const scales = fc.record({
  beta: fc.double({ min: 1.001, max: 1e6, noNaN: true }),
  pMinus: fc.double({ min: 0.5, max: 1, noNaN: true }),
});
const u = fc.double({ min: 0, max: 60, noNaN: true });

test("the theorem holds for every b >= 0, and the floor is between it and every error", () => {
  fc.assert(
    fc.property(scales, u, (cell, ratio) => {
      const error = theorem2.error({ ...cell, u: ratio });
      const floor = theorem2.floor(cell);
      expect(error).toBeGreaterThanOrEqual(theorem2.lowerBound);
      expect(floor.error).toBeGreaterThan(theorem2.lowerBound);
      expect(error).toBeGreaterThanOrEqual(floor.error - 1e-15);
      expect(floor.error).toBeLessThanOrEqual(0.5);
    }),
  );
});

test("the floor is the error at its u, and a minimum", () => {
  fc.assert(
    fc.property(scales, (cell) => {
      const floor = theorem2.floor(cell);
      expectEqual(theorem2.error({ ...cell, u: floor.u }), floor.error, 1e-12);
      for (const nearby of [floor.u * 0.9, floor.u * 1.1 + 0.01]) {
        expect(theorem2.error({ ...cell, u: nearby })).toBeGreaterThanOrEqual(floor.error - 1e-15);
      }
    }),
  );
});

test("imbalanced enough, every linear classifier with b >= 0 errs half the time or more", () => {
  expect(theorem2.floor({ beta: 9, pMinus: 0.75 })).toEqual({ u: 0, error: 0.5, attained: false });
  expect(theorem2.floor({ beta: 9, pMinus: 1 })).toEqual({ u: 0, error: 0.5, attained: false });
  expect(theorem2.floor({ beta: 9, pMinus: 0.749 }).attained).toBe(true);
});

test("1/4 is the limit of the floor as beta grows at p- = 1/2, never reached", () => {
  const errors = [1e2, 1e4, 1e8, 1e12].map((beta) => theorem2.floor({ beta, pMinus: 0.5 }).error);
  expect(errors).toEqual(errors.toSorted((a, b) => b - a));
  expect(errors.at(-1) - theorem2.lowerBound).toBeLessThan(2e-6);
});

test("the boundary of the theorem: with b < 0 and p- > 3/4 the error falls below 1/4", () => {
  const trivial = theorem2.error({ beta: 4, pMinus: 0.9, u: -40 });
  expectEqual(trivial, 0.1);
  expect(trivial).toBeLessThan(theorem2.lowerBound);
});
