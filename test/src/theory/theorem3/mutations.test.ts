import { describe, expect, test } from "vitest";
import { theorem3 } from "../../../../src/theory/index.js";
import type { Training } from "../../../../src/theory/theorem3/index.js";
import { expectEqual } from "../reference.js";
import { cells } from "./cells.js";

/** The bound written out once more, with the places where a slip would be made left open. */
interface Slips {
  square?: number;
  quadratic?: number;
  linear?: number;
  swapCases?: boolean;
}

type Bound = (cell: Training) => { error: number; probability: number };

function written({ square = 2, quadratic = 32, linear = 16, swapCases = false }: Slips): Bound {
  return ({ beta, d, pMinus, nPlus, nMinus, delta }) => {
    const g = beta - 1 - (1 + beta) * delta;
    const isQuadratic = delta >= (beta - 3) / (beta + 1) !== swapCases;
    const plus = isQuadratic ? (d * g * g) / quadratic : (d * g) / linear;
    const minus = (d * g * g) / (quadratic * beta ** square);
    const fails = (n: number) => 2 * Math.exp((-n * d * delta * delta) / 8);
    return {
      error: (1 - pMinus) * Math.exp(-plus) + pMinus * Math.exp(-minus),
      probability: 1 - fails(nMinus) - fails(nPlus),
    };
  };
}

/** Every delta of its range, in both regimes, for distributions in which either class can dominate the error. */
const grid: Training[] = [0.5, 0.9].flatMap((pMinus) =>
  [4, 9, 20].flatMap((beta) =>
    [2, 5, 8, 50, 400].flatMap((d) =>
      [0.05, 0.2, 0.4, 0.7, 0.9, 0.99].map((share) => {
        const delta = (share * (beta - 1)) / (beta + 1);
        return { beta, d, pMinus, nPlus: 10, nMinus: 90, delta };
      }),
    ),
  ),
);

const checks = {
  "equals the reference": (bound: Bound) => {
    for (const cell of cells) {
      expectEqual(bound(cell.training).error, cell.errBound);
      expectEqual(bound(cell.training).probability, cell.probLowerBound);
    }
  },
  "is never below the exact worst error": (bound: Bound) => {
    for (const cell of grid) expect(bound(cell).error).toBeGreaterThanOrEqual(theorem3.exact(cell).worstError);
  },
  "is never below the exact error of class +, in its part for class +": (bound: Bound) => {
    // What the bound says of class - is taken off; in few dimensions enough digits of the rest are left.
    for (const cell of grid.filter(({ d, pMinus }) => d <= 8 && pMinus === 0.5)) {
      const { beta, d, delta } = cell;
      const g = beta - 1 - (1 + beta) * delta;
      const part = 2 * bound(cell).error - Math.exp((-d * g * g) / (32 * beta ** 2));
      expect(part).toBeGreaterThanOrEqual(theorem3.exact(cell).smallest.plus);
    }
  },
  "is continuous in delta": (bound: Bound) => {
    for (const beta of [4, 9, 20]) {
      const cell = { beta, d: 60, pMinus: 0.5, nPlus: 10, nMinus: 90 };
      const at = (delta: number) => bound({ ...cell, delta }).error;
      const edge = (beta - 3) / (beta + 1);
      expect(Math.abs(at(edge - 1e-9) / at(edge + 1e-9) - 1)).toBeLessThan(1e-6);
    }
  },
};

type Check = keyof typeof checks;
const names = Object.keys(checks) as Check[];

test.each(names)("the library's bound %s", (name) => checks[name](theorem3.bound));
test.each(names)("the bound written out here without a slip %s", (name) => checks[name](written({})));

const slips: [string, Slips, Check[]][] = [
  ["beta squared missing", { square: 0 }, ["equals the reference", "is never below the exact worst error"]],
  ["beta for beta squared", { square: 1 }, ["equals the reference", "is never below the exact worst error"]],
  ["16 for 32 and 32 for 16", { quadratic: 16, linear: 32 }, ["equals the reference", "is continuous in delta"]],
  [
    "the two cases swapped",
    { swapCases: true },
    ["equals the reference", "is never below the exact error of class +, in its part for class +"],
  ],
];

describe.each(slips)("%s", (_, slip, caughtBy) => {
  test.each(caughtBy)("is caught: it no longer %s", (name) => {
    expect(() => checks[name](written(slip))).toThrow();
  });
});

test("swapped cases turn the error of class + into a false bound, by 13 orders of magnitude", () => {
  const cell = { beta: 9, d: 50, pMinus: 0.5, nPlus: 10, nMinus: 90, delta: 0.05 };
  const { smallest } = theorem3.exact(cell);
  const g = 8 - 10 * 0.05;
  expect(Math.exp((-50 * g * g) / 32)).toBeLessThan(1e-12 * smallest.plus);
  expect(Math.exp((-50 * g) / 16)).toBeGreaterThan(smallest.plus);
});

describe("nPlus and nMinus swapped", () => {
  const cell = cells[0]!;
  const swapped = { ...cell.training, nPlus: cell.NMinus, nMinus: cell.NPlus };

  test("changes nothing in the published probability, which is symmetric, but each class's own failure", () => {
    expectEqual(theorem3.bound(swapped).probability, theorem3.bound(cell.training).probability);
    const { logFailure } = theorem3.exact(cell.training);
    expectEqual(Math.exp(logFailure.plus), cell.exactFailPlus);
    expectEqual(Math.exp(logFailure.minus), cell.exactFailMinus);
    expect(logFailure.plus).toBeGreaterThan(logFailure.minus + 10);
    expect(theorem3.exact(swapped).logFailure).toEqual({ plus: logFailure.minus, minus: logFailure.plus });
  });

  test("changes the expected error by far more than its accuracy, and the simulation by many standard errors", () => {
    const { delta: _, ...counts } = cell.training;
    const { delta: __, ...otherCounts } = swapped;
    const right = theorem3.expectedError(counts).error;
    const wrong = theorem3.expectedError(otherCounts).error;
    expect(Math.abs(wrong / right - 1)).toBeGreaterThan(0.05);
    const { meanError, meanErrorError } = theorem3.simulate({ ...cell.training, trials: 4000, seed: 1 });
    expect(Math.abs(meanError - right)).toBeLessThan(4.5 * meanErrorError);
    expect(Math.abs(meanError - wrong)).toBeGreaterThan(20 * meanErrorError);
  });
});
