import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { theorem3 } from "../../../../src/theory/index.js";
import { expectEqual } from "../reference.js";
import { anyTraining, cells } from "./cells.js";

describe.each(cells)("beta $beta, d $d, p- $pMinus, n $NPlus, $NMinus, delta $delta", (cell) => {
  const exact = theorem3.exact(cell.training);

  test("the good event and the failure of each class", () => {
    expectEqual(exact.probability, cell.exactGoodEvent);
    expectEqual(Math.exp(exact.logFailure.plus), cell.exactFailPlus);
    if (cell.exactFailMinus > 0) expectEqual(Math.exp(exact.logFailure.minus), cell.exactFailMinus);
    else expect(exact.logFailure.minus).toBeLessThan(-700);
  });

  test("the worst error on it", () => {
    expectEqual(exact.worstError, cell.worstCaseErrOnEvent);
    expectEqual(exact.logWorstError, cell.logWorstCaseErrOnEvent);
  });

  test("the errors at its smallest, middle and largest threshold", () => {
    for (const [at, threshold, error, logError] of [
      [exact.smallest, cell.cMin, cell.errAtCmin, cell.logErrAtCmin],
      [exact.midpoint, cell.cMid, cell.errAtMid, cell.logErrAtMid],
      [exact.largest, cell.cMax, cell.errAtCmax, cell.logErrAtCmax],
    ] as const) {
      expectEqual(at.threshold, threshold);
      expectEqual(at.error, error);
      expectEqual(at.logError, logError);
    }
  });
});

// By mpmath with 60 digits: the regularised incomplete gamma function between both ends.
test.each([
  { d: 50, nPlus: 10, nMinus: 90, delta: 1e-12, probability: 4.772880232788836e-22 },
  { d: 3072, nPlus: 5, nMinus: 495, delta: 1e-10, probability: 4.864678910905263e-16 },
  { d: 1, nPlus: 1, nMinus: 1, delta: 1e-9, probability: 2.341993260972767e-19 },
  { d: 2, nPlus: 3, nMinus: 1, delta: 1e-5, probability: 9.890444999916459e-11 },
  { d: 1, nPlus: 1, nMinus: 2, delta: 1e-3, probability: 3.560643680239501e-7 },
])("a good event that is hardly ever: d $d, n $nPlus, $nMinus, delta $delta", ({ probability, ...cell }) => {
  expectEqual(theorem3.exact({ beta: 4, pMinus: 0.9, ...cell }).probability, probability);
});

test("no threshold of the good event has a larger error than the worst", () => {
  fc.assert(
    fc.property(anyTraining, fc.double({ min: -1, max: 1, noNaN: true }), (cell, position) => {
      const { beta, d, pMinus, delta } = cell;
      const threshold = ((1 + beta) / 2) * (1 + position * delta);
      const { logError } = theorem3.errorAt({ beta, d, pMinus, threshold });
      expect(logError).toBeLessThanOrEqual(theorem3.exact(cell).logWorstError + 1e-9);
    }),
  );
});

test("the good event grows with delta, the dimension and the counts", () => {
  fc.assert(
    fc.property(anyTraining, (cell) => {
      const at = (change: object) => theorem3.exact({ ...cell, ...change }).probability;
      expect(at({ delta: cell.delta * 0.9 })).toBeLessThanOrEqual(at({}) + 1e-12);
      expect(at({ d: 2 * cell.d })).toBeGreaterThanOrEqual(at({}) - 1e-12);
      expect(at({ nPlus: 2 * cell.nPlus, nMinus: 2 * cell.nMinus })).toBeGreaterThanOrEqual(at({}) - 1e-12);
    }),
  );
});
