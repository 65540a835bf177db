import { describe, expect, test } from "vitest";
import { theorem2 } from "../../../../src/theory/index.js";
import { expectWithin } from "../reference.js";

const cells = [
  { beta: 4, pMinus: 0.5, b: 1, d: 1 },
  { beta: 4, pMinus: 0.9, b: 2, sigma1: 0.5, d: 3 },
  { beta: 9, pMinus: 0.7, b: 0, d: 40 },
  { beta: 100, pMinus: 0.5, b: 12, theta: [0.5, -3, 0, 2] },
  { beta: 4, pMinus: 0.9, b: -20, theta: Float32Array.of(1, -1) },
  { beta: 2, pMinus: 1, b: 0.3, d: 5000 },
];

describe.each(["direct", "sufficient"] as const)("the %s sampler", (sampler) => {
  test.each(cells)("agrees with the exact error at %j", (cell) => {
    const trials = sampler === "direct" && (cell.d ?? 0) > 1000 ? 2000 : 40_000;
    const run = theorem2.simulate({ ...cell, trials, seed: 9, sampler });
    const { beta, pMinus } = cell;
    const terms = theorem2.errorTerms({ beta, pMinus, u: run.u });
    const share = (p: number) => Math.sqrt((p * (1 - p) + 1 / trials) / trials);
    expectWithin(run.error, terms.plus + terms.minus, run.standardError);
    expectWithin(run.terms.plus, terms.plus, share(terms.plus));
    expectWithin(run.terms.minus, terms.minus, share(terms.minus));
  });
});

test("u is b over the length of theta times sigma1, whatever the dimension", () => {
  const run = (theta: number[], b: number, sigma1: number) =>
    theorem2.simulate({ theta, b, sigma1, beta: 4, pMinus: 0.5, trials: 1, seed: 1 }).u;
  expect(run([3, 4], 10, 1)).toBeCloseTo(2, 14);
  expect(run([3, 0, 4, 0, 0], 10, 4)).toBeCloseTo(0.5, 14);
});

test("the same seed gives the same result; sufficient is the default", () => {
  const options = { beta: 4, pMinus: 0.8, b: 1, d: 7, trials: 500, seed: 2 };
  const result = theorem2.simulate(options);
  expect(theorem2.simulate({ ...options, sampler: "sufficient" })).toEqual(result);
  expect(theorem2.simulate({ ...options, sampler: "direct" })).not.toEqual(result);
});

test.each(["direct", "sufficient"] as const)("the %s sampler takes theta and b in any unit", (sampler) => {
  const options = { beta: 9, pMinus: 0.5, trials: 2000, seed: 5, sampler };
  const usual = theorem2.simulate({ ...options, theta: [3, 4], b: 5 });
  expect(usual.u).toBe(1);
  for (const unit of [1e-200, 1e200])
    expect(theorem2.simulate({ ...options, theta: [3 * unit, 4 * unit], b: 5 * unit })).toEqual(usual);
});

test("points are not drawn on a device: what would draw them there is refused", async () => {
  const options = { beta: 4, pMinus: 0.8, b: 1, d: 7, trials: 5, seed: 2, sampler: "direct" } as const;
  const elsewhere = { ...options, sums: () => Promise.reject(new Error("not to be called")) };
  await expect(theorem2.simulateAsync(elsewhere)).rejects.toThrow('simulateAsync: there is no parameter "sums"');
});
