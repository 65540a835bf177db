import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { theorem1 } from "../../../../src/theory/index.js";
import type { Mixture } from "../../../../src/theory/theorem1/index.js";
import { binomialLogPmf } from "../../../../src/theory/binomial.js";
import { normalSf } from "../../../../src/theory/normal.js";
import { expectEqual, reference } from "../reference.js";
import { anyMixture, cells } from "./cells.js";

describe.each(cells)("mu $mu1, $mu2, sigma $sigma, p $p, q $q, n $nPlus, $nMinus, delta $delta", (cell) => {
  test("mean, variance, coverage and failure", () => {
    const { mean, variance, coverage, failure, logFailure } = theorem1.exact(cell.mixture);
    expectEqual(mean, cell.center);
    expectEqual(variance, cell.variance);
    expectEqual(coverage, cell.exactCoverage);
    expectEqual(failure, cell.exactFailure);
    expectEqual(logFailure, Math.log(cell.exactFailure));
  });

  test("the three partial events, each no more likely than its term of the bound", () => {
    const { gaussian, plus, minus } = theorem1.partial(cell.mixture);
    expectEqual(gaussian, cell.exactGaussianEvent);
    expectEqual(plus, cell.exactPlusEvent);
    expectEqual(minus, cell.exactMinusEvent);
  });
});

test.each(reference.theorem1_large)("failure at n = $nPlus, $nMinus, delta $delta, sigma $sigma", (cell) => {
  const { exactFailure, ...mixture } = cell;
  expectEqual(theorem1.exact(mixture).failure, exactFailure);
});

/** The failure probability, summed over every pair of counts. */
function doubleSum({ mu1, mu2, sigma, p, q, nPlus, nMinus, delta }: Mixture): number {
  const s = (sigma / 2) * Math.sqrt(1 / nPlus + 1 / nMinus);
  let failure = 0;
  for (let i = 0; i <= nPlus; i++) {
    for (let j = 0; j <= nMinus; j++) {
      const m = ((mu1 - mu2) / 2) * (i / nPlus - p - (j / nMinus - q));
      const weight = Math.exp(binomialLogPmf(nPlus, p, i) + binomialLogPmf(nMinus, q, j));
      failure += weight * (normalSf((delta - m) / s) + normalSf((delta + m) / s));
    }
  }
  return failure;
}

test("equals the double sum over every pair of counts", () => {
  const few = anyMixture.map((cell) => ({ ...cell, nPlus: 1 + (cell.nPlus % 40), nMinus: 1 + (cell.nMinus % 40) }));
  fc.assert(
    fc.property(few, (cell) => {
      const failure = doubleSum(cell);
      const exact = theorem1.exact(cell);
      if (failure > 1e-290) expectEqual(exact.failure, failure);
      expect(exact.coverage).toBeCloseTo(1 - failure, 12);
      expect(exact.coverage + exact.failure).toBeCloseTo(1, 12);
    }),
    { numRuns: 300 },
  );
});

/** With delta and sigma finer than the steps of the counts, few pairs of counts matter and they lie like a comb. */
test.each([
  { mu1: 0.3476, mu2: -2.0697, sigma: 0.02574, p: 0.4119, q: 0.8072, nPlus: 13, nMinus: 2, delta: 0.001244 },
  { mu1: 1.1623, mu2: -0.1108, sigma: 0.001261, p: 0.01595, q: 0.5676, nPlus: 49, nMinus: 28, delta: 0.003354 },
  { mu1: -1.4168, mu2: 1.4031, sigma: 0.0014, p: 0.5452, q: 0.5583, nPlus: 16, nMinus: 23, delta: 0.003202 },
  { mu1: -2.0542, mu2: -2.9414, sigma: 0.005164, p: 0.8076, q: 0.1338, nPlus: 1306, nMinus: 43, delta: 0.0001612 },
])("sharper than the lattice: n = $nPlus, $nMinus, sigma $sigma", (cell) => {
  const { coverage, failure } = theorem1.exact(cell);
  expectEqual(failure, doubleSum(cell));
  expectEqual(coverage, 1 - doubleSum(cell));
});

test("the theorem holds: coverage at least its bound, each partial event at most its term", () => {
  fc.assert(
    fc.property(anyMixture, (cell) => {
      const { terms, probability } = theorem1.bound(cell);
      const events = theorem1.partial(cell);
      expect(theorem1.exact(cell).coverage).toBeGreaterThanOrEqual(probability - 1e-12);
      expect(events.gaussian).toBeLessThanOrEqual(terms.gaussian);
      expect(events.plus).toBeLessThanOrEqual(terms.plus);
      expect(events.minus).toBeLessThanOrEqual(terms.minus);
    }),
    { numRuns: 300 },
  );
});

test("the law is unchanged when the classes swap names, when the axis moves, and when it is stretched", () => {
  fc.assert(
    fc.property(anyMixture, (cell) => {
      const { mu1, mu2, sigma, p, q, nPlus, nMinus, delta } = cell;
      const { logFailure } = theorem1.exact(cell);
      const swapped = { ...cell, mu1: mu2, mu2: mu1, p: q, q: p, nPlus: nMinus, nMinus: nPlus };
      const stretched = { ...cell, mu1: 8 * mu1, mu2: 8 * mu2, sigma: 8 * sigma, delta: 8 * delta };
      for (const same of [swapped, stretched]) {
        expect(Math.abs(theorem1.exact(same).logFailure - logFailure)).toBeLessThan(1e-9 * (1 + Math.abs(logFailure)));
      }
    }),
  );
});

test("coverage grows with delta from 0, and the two probabilities add up to 1", () => {
  const cell = cells[0]!.mixture;
  let last = 0;
  for (const delta of [1e-12, 1e-8, 1e-5, 1e-3, 0.05, 0.06, 0.1, 0.5, 2]) {
    const { coverage, failure } = theorem1.exact({ ...cell, delta });
    expect(coverage).toBeGreaterThan(last);
    expect(coverage + failure).toBeCloseTo(1, 12);
    last = coverage;
  }
  // At tiny delta the coverage is the density at the centre times 2 delta.
  expectEqual(
    theorem1.exact({ ...cell, delta: 1e-9 }).coverage,
    10 * theorem1.exact({ ...cell, delta: 1e-10 }).coverage,
  );
});

test("a certain label leaves a normal law; its partial event has probability 0", () => {
  const cell = { mu1: 2, mu2: -1, sigma: 1.5, p: 1, q: 0, nPlus: 30, nMinus: 70, delta: 0.4 };
  const { variance, failure, mean } = theorem1.exact(cell);
  expect(mean).toBe(2);
  expectEqual(failure, 2 * normalSf(0.4 / Math.sqrt(variance)));
  expect(theorem1.partial(cell)).toMatchObject({ plus: 0, minus: 0 });
});

test("beyond the smallest double the logarithm goes on", () => {
  const { failure, logFailure } = theorem1.exact({ ...cells[0]!.mixture, nPlus: 100_000, nMinus: 100_000, delta: 0.3 });
  expect(failure).toBe(0);
  expect(logFailure).toBeLessThan(-4000);
  expect(logFailure).toBeGreaterThan(-6000);
});
