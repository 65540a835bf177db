import { beforeAll, describe, expect, test } from "vitest";
import * as device from "../../../../src/backend/device.js";
import { theorem1 } from "../../../../src/theory/index.js";
import { expectWithin } from "../reference.js";
import { cells } from "./cells.js";

const trials = { direct: 4000, sufficient: 40_000 };

function expectExact(run: theorem1.Simulation, mixture: (typeof cells)[number]["mixture"]): void {
  const exact = theorem1.exact(mixture);
  const partial = theorem1.partial(mixture);
  const share = (p: number) => Math.sqrt((p * (1 - p) + 1 / run.trials) / run.trials);
  expectWithin(run.mean, exact.mean, Math.sqrt(exact.variance / run.trials));
  // A sample variance of a near normal law has a relative standard error of sqrt(2 / (trials - 1)).
  expectWithin(run.variance / exact.variance, 1, Math.sqrt(2 / (run.trials - 1)));
  expectWithin(run.coverage, exact.coverage, run.standardError);
  for (const name of ["gaussian", "plus", "minus"] as const)
    expectWithin(run.partial[name], partial[name], share(partial[name]));
}

describe.each(["direct", "sufficient"] as const)("the %s sampler", (sampler) => {
  test.each(cells)("agrees with the exact law at p $p, q $q, n $nPlus, $nMinus, delta $delta", ({ mixture }) => {
    const run = theorem1.simulate({ ...mixture, trials: trials[sampler], seed: 12, sampler });
    expectExact(run, mixture);
  });
});

describe("drawn on a device", () => {
  beforeAll(async () => {
    await device.use("simd");
  });

  test.each(cells)("agrees with the exact law at p $p, q $q, n $nPlus, $nMinus, delta $delta", async ({ mixture }) => {
    const options = { ...mixture, trials: 20_000, seed: 12, sampler: "direct", sums: device.normalSums } as const;
    const run = await theorem1.simulateAsync(options);
    expectExact(run, mixture);
  });

  test("is refused where not every point is drawn", async () => {
    const options = { ...cells[0]!.mixture, trials: 10, seed: 1, sums: device.normalSums };
    await expect(theorem1.simulateAsync(options)).rejects.toThrow(
      'theorem1.simulateAsync: sums draws every point, as sampler "direct" does (got sampler "sufficient")',
    );
  });
});

test("both samplers agree with each other, on other numbers", () => {
  const { mixture } = cells[1]!;
  const [direct, sufficient] = (["direct", "sufficient"] as const).map((sampler) =>
    theorem1.simulate({ ...mixture, trials: 20_000, seed: 5, sampler }),
  );
  expect(direct!.mean).not.toBe(sufficient!.mean);
  expectWithin(direct!.mean, sufficient!.mean, Math.hypot(direct!.meanError, sufficient!.meanError));
  expectWithin(direct!.coverage, sufficient!.coverage, Math.hypot(direct!.standardError, sufficient!.standardError));
});

test("the same seed gives the same result, another seed another; sufficient is the default", () => {
  const options = { ...cells[0]!.mixture, trials: 300, seed: 7 };
  expect(theorem1.simulate(options)).toEqual(theorem1.simulate({ ...options, sampler: "sufficient" }));
  expect(theorem1.simulate(options)).not.toEqual(theorem1.simulate({ ...options, seed: 8 }));
});

test("more points than a block holds", () => {
  const cell = { mu1: 1, mu2: -1, sigma: 1, p: 0.9, q: 0.7, nPlus: 10_000, nMinus: 4096, delta: 0.05 };
  const { mean, meanError, variance } = theorem1.simulate({ ...cell, trials: 100, seed: 3, sampler: "direct" });
  expectWithin(mean, 0.2, meanError);
  expectWithin(variance / theorem1.exact(cell).variance, 1, Math.sqrt(2 / 99));
});

test("an estimate's standard error is never 0", () => {
  const { coverage, standardError } = theorem1.simulate({ ...cells[0]!.mixture, delta: 5, trials: 100, seed: 1 });
  expect(coverage).toBe(1);
  expect(standardError).toBeGreaterThan(0.005);
});
