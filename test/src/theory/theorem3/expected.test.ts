import fc from "fast-check";
import { expect, test } from "vitest";
import { theorem3 } from "../../../../src/theory/index.js";
import { expectEqual, reference } from "../reference.js";

test.each(reference.theorem3_expectedErr)("beta $beta, d $d, n $NPlus, $NMinus", (cell) => {
  const { beta, d, pMinus, NPlus: nPlus, NMinus: nMinus } = cell;
  const expected = theorem3.expectedError({ beta, d, pMinus, nPlus, nMinus });
  expectEqual(expected.error, cell.expectedErr);
  expectEqual(expected.plus, cell.expectedErrPlus);
  expectEqual(expected.minus, cell.expectedErrMinus);
  expectEqual(expected.logError, Math.log(cell.expectedErr));
});

test("in two dimensions the integral has a closed form", () => {
  const count = fc.integer({ min: 1, max: 1_000_000 });
  fc.assert(
    fc.property(fc.double({ min: 1.01, max: 1e6, noNaN: true }), count, count, (beta, nPlus, nMinus) => {
      // |x|² / 2 is exponential there, so the errors are Laplace transforms of gamma laws.
      const logPlus = -nPlus * Math.log1p(1 / (2 * nPlus)) - nMinus * Math.log1p(beta / (2 * nMinus));
      const logRight = -nPlus * Math.log1p(1 / (2 * nPlus * beta)) - nMinus * Math.log1p(1 / (2 * nMinus));
      const expected = theorem3.expectedError({ beta, d: 2, pMinus: 0.7, nPlus, nMinus });
      expect(Math.abs(expected.logPlus - logPlus)).toBeLessThan(1e-9);
      expectEqual(expected.minus, -Math.expm1(logRight));
      expectEqual(expected.error, 0.3 * Math.exp(logPlus) - 0.7 * Math.expm1(logRight));
    }),
    { numRuns: 40 },
  );
});

test("tends to the error at the population's midpoint as the training set grows", () => {
  const feature = { beta: 4, d: 7, pMinus: 0.8 };
  const limit = theorem3.populationMidpoint(feature).error;
  const gaps = [1e2, 1e4, 1e6].map(
    (n) => theorem3.expectedError({ ...feature, nPlus: n, nMinus: n }).error / limit - 1,
  );
  expect(Math.abs(gaps[1]! / gaps[0]!)).toBeCloseTo(0.01, 3);
  expect(Math.abs(gaps[2]! / gaps[1]!)).toBeCloseTo(0.01, 3);
});
