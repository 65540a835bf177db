import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { theorem3 } from "../../../../src/theory/index.js";
import { expectEqual, reference } from "../reference.js";
import { anyTraining, cells } from "./cells.js";

describe.each(cells)("beta $beta, d $d, p- $pMinus, n $NPlus, $NMinus, delta $delta", (cell) => {
  test("probability, error and regime as published", () => {
    const { probability, error, logError, regime } = theorem3.bound(cell.training);
    expectEqual(probability, cell.probLowerBound);
    expectEqual(error, cell.errBound);
    expectEqual(logError, Math.log(cell.errBound));
    expect(regime).toBe(cell.regime);
  });

  test("Chernoff's bound", () => {
    const { error, logError } = theorem3.chernoffBound(cell.training);
    expectEqual(error, cell.chernoffErrBound);
    expectEqual(Math.exp(logError), cell.chernoffErrBound);
  });
});

test("the theorem holds: the good event at least as likely, the worst error on it at most as large", () => {
  fc.assert(
    fc.property(anyTraining, (cell) => {
      const { probability, logError } = theorem3.bound(cell);
      const exact = theorem3.exact(cell);
      const chernoff = theorem3.chernoffBound(cell).logError;
      expect(exact.probability).toBeGreaterThanOrEqual(probability - 1e-12);
      expect(exact.logWorstError).toBeLessThanOrEqual(chernoff + 1e-9);
      expect(chernoff).toBeLessThanOrEqual(logError + 1e-9);
    }),
    { numRuns: 300 },
  );
});

test("both forms meet at the switch; at beta <= 3 there is only the quadratic one", () => {
  const cell = { beta: 9, d: 80, pMinus: 0.5, nPlus: 10, nMinus: 10 };
  const below = theorem3.bound({ ...cell, delta: 0.6 - 1e-12 });
  const above = theorem3.bound({ ...cell, delta: 0.6 });
  expect([below.regime, above.regime]).toEqual(["linear", "quadratic"]);
  expectEqual(below.error, above.error, 1e-9);
  for (const beta of [1.01, 2, 3]) {
    expect(theorem3.bound({ ...cell, beta, delta: 1e-6 }).regime).toBe("quadratic");
  }
});

test("the error bound falls with d, rises to 1 at the largest delta, and depends on the counts in no way", () => {
  fc.assert(
    fc.property(anyTraining, (cell) => {
      const { logError } = theorem3.bound(cell);
      expect(logError).toBeLessThanOrEqual(1e-15);
      expect(theorem3.bound({ ...cell, d: 2 * cell.d }).logError).toBeLessThanOrEqual(logError);
      expect(theorem3.bound({ ...cell, nPlus: 7, nMinus: 1 }).logError).toBe(logError);
    }),
  );
  const near = { beta: 9, d: 50, pMinus: 0.9, nPlus: 10, nMinus: 90, delta: 0.8 - 1e-9 };
  expect(theorem3.bound(near).error).toBeCloseTo(1, 9);
});

test.each(reference.theorem3_wrongRegime)(
  "the quadratic exponent at small delta is false, the linear true: beta $beta, d $d",
  ({ beta, d, t, wrongQuadratic, correctLinear, exactTail }) => {
    expectEqual(Math.exp((-d * t * t) / 8), wrongQuadratic);
    expectEqual(Math.exp((-d * t) / 8), correctLinear);
    expectEqual(theorem3.errorAt({ beta, d, pMinus: 0.5, threshold: 1 + t }).plus, exactTail);
    expect(wrongQuadratic).toBeLessThan(exactTail);
    expect(correctLinear).toBeGreaterThan(exactTail);
  },
);

test("the quadratic exponent is implied by Chernoff's up to t = 1.6237...", () => {
  const t = reference.theorem3_quadraticValidUpTo_t;
  const chernoff = (x: number) => (x - Math.log1p(x)) / 2;
  expectEqual(chernoff(t), (t * t) / 8);
  expect(chernoff(t - 0.01)).toBeGreaterThan((t - 0.01) ** 2 / 8);
  expect(chernoff(t + 0.01)).toBeLessThan((t + 0.01) ** 2 / 8);
});
