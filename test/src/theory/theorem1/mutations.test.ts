import { describe, expect, test } from "vitest";
import { theorem1 } from "../../../../src/theory/index.js";
import type { Bound, Mixture } from "../../../../src/theory/theorem1/index.js";
import { expectEqual } from "../reference.js";
import { cells } from "./cells.js";

/** The bound written out once more, with the places where a slip would be made left open. */
interface Slips {
  fraction?: (nPlus: number, nMinus: number) => number;
  nine?: number;
  eight?: number;
  sign?: number;
}

function written({ fraction = (a, b) => (a * b) / (a + b), nine = 9, eight = 8, sign = 1 }: Slips) {
  return ({ mu1, mu2, sigma, p, q, nPlus, nMinus, delta }: Mixture): Bound => {
    const label = (n: number) => 2 * Math.exp((-eight * n * delta ** 2) / (nine * (mu1 - mu2) ** 2));
    const gaussian = 2 * Math.exp((-2 * delta ** 2 * fraction(nPlus, nMinus)) / (nine * sigma ** 2));
    const terms = { gaussian, plus: label(nPlus), minus: label(nMinus) };
    const centre = (mu1 + mu2) / 2 + (sign * (p - q) * (mu1 - mu2)) / 2;
    return { centre, terms, probability: 1 - terms.gaussian - terms.plus - terms.minus };
  };
}

/** Cells with few points, where a term that is too small shows, beside those of the reference. */
const small: Mixture[] = [
  { mu1: 1, mu2: -1, sigma: 1, p: 0.9, q: 0.7, nPlus: 1, nMinus: 1, delta: 3 },
  { mu1: 1, mu2: -1, sigma: 0.1, p: 0.5, q: 0.5, nPlus: 4, nMinus: 4, delta: 2.9 },
];

/** What holds of the theorem's formula, by the exact law and by values of another program. */
const checks = {
  "equals the reference": (bound: (cell: Mixture) => Bound) => {
    for (const cell of cells) {
      const { centre, terms } = bound(cell.mixture);
      expectEqual(centre, cell.center);
      expectEqual(terms.gaussian, cell.termGaussian);
      expectEqual(terms.plus, cell.termPlus);
      expectEqual(terms.minus, cell.termMinus);
    }
  },
  "is never below the exact probability of its event": (bound: (cell: Mixture) => Bound) => {
    for (const mixture of [...small, ...cells.map((cell) => cell.mixture)]) {
      const { terms } = bound(mixture);
      const events = theorem1.partial(mixture);
      expect(terms.gaussian).toBeGreaterThanOrEqual(events.gaussian);
      expect(terms.plus).toBeGreaterThanOrEqual(events.plus);
      expect(terms.minus).toBeGreaterThanOrEqual(events.minus);
    }
  },
  "has the simulated mean as its centre": (bound: (cell: Mixture) => Bound) => {
    const mixture = cells[0]!.mixture;
    const { mean, meanError } = theorem1.simulate({ ...mixture, trials: 2000, seed: 1, sampler: "direct" });
    expect(Math.abs(bound(mixture).centre - mean)).toBeLessThan(5 * meanError);
  },
  "falls with more data": (bound: (cell: Mixture) => Bound) => {
    for (const { mixture } of cells) {
      const twice = { ...mixture, nPlus: 2 * mixture.nPlus, nMinus: 2 * mixture.nMinus };
      expect(bound(twice).terms.gaussian).toBeLessThanOrEqual(bound(mixture).terms.gaussian);
    }
  },
};

type Check = keyof typeof checks;
const names = Object.keys(checks) as Check[];

test.each(names)("the library's bound %s", (name) => checks[name](theorem1.bound));
test.each(names)("the bound written out here without a slip %s", (name) => checks[name](written({})));

/** Each slip that has been seen or is easily made, with the checks that catch it. */
const slips: [string, Slips, Check[]][] = [
  [
    "the fraction upside down, as a follow-up paper prints it",
    { fraction: (a, b) => (a + b) / (a * b) },
    ["equals the reference", "is never below the exact probability of its event", "falls with more data"],
  ],
  ["3 for 9", { nine: 3 }, ["equals the reference", "is never below the exact probability of its event"]],
  ["2 for 8", { eight: 2 }, ["equals the reference"]],
  ["q - p for p - q", { sign: -1 }, ["equals the reference", "has the simulated mean as its centre"]],
];

describe.each(slips)("%s", (_, slip, caughtBy) => {
  test.each(caughtBy)("is caught: it no longer %s", (name) => {
    expect(() => checks[name](written(slip))).toThrow();
  });
});

test("recalls read as precisions move the centre to the wrong side", () => {
  const real = theorem1.thresholdClassifier({ mu1: 1, mu2: -1, sigma: 1, threshold: 0.5 });
  expect(Math.sign(real.centre)).toBe(Math.sign(real.limit));
  expect(Math.sign(real.centreFromRecalls)).toBe(-Math.sign(real.limit));
});
