import { beforeAll, describe, expect, test } from "vitest";
import * as device from "../../../../src/backend/device.js";
import { theorem3 } from "../../../../src/theory/index.js";
import type { NormalSums, RowSums } from "../../../../src/theory/rows-ahead.js";
import { expectWithin } from "../reference.js";
import { cells } from "./cells.js";

/** Cells whose training sets are small enough to be drawn point by point many times. */
const drawable = cells.filter(({ d, NPlus, NMinus }) => d * (NPlus + NMinus) <= 5000);

function expectExact(run: theorem3.Simulation, training: (typeof cells)[number]["training"]): void {
  const exact = theorem3.exact(training);
  const { delta: _, ...counts } = training;
  const { error } = theorem3.expectedError(counts);
  expectWithin(run.probability, exact.probability, run.standardError);
  expectWithin(run.meanError, error, run.meanErrorError);
  expectWithin(run.testError, error, run.testErrorError);
  expect(run.worstError).toBeLessThanOrEqual(exact.worstError);
  expect(run.worstError).toBeLessThanOrEqual(theorem3.bound(training).error);
}

describe.each(["direct", "sufficient"] as const)("the %s sampler", (sampler) => {
  test.each(drawable)("agrees with the exact law at beta $beta, d $d, delta $delta", ({ training }) => {
    const trials = sampler === "direct" ? 1000 : 20_000;
    const run = theorem3.simulate({ ...training, trials, seed: 21, sampler });
    expectExact(run, training);
  });
});

test("the large cells too, by sufficient statistics", () => {
  for (const { training } of cells) {
    const run = theorem3.simulate({ ...training, trials: 2000, seed: 22, testPoints: 1 });
    const { probability, worstError } = theorem3.exact(training);
    expectWithin(run.probability, probability, run.standardError);
    expect(run.worstError).toBeLessThanOrEqual(worstError);
  }
});

test("the worst error of many training sets comes close to the exact one", () => {
  const cell = cells[1]!.training;
  const { worstError } = theorem3.simulate({ ...cell, delta: 0.1, trials: 50_000, seed: 2, testPoints: 1 });
  const exact = theorem3.exact({ ...cell, delta: 0.1 });
  expect(worstError).toBeGreaterThan(0.6 * exact.worstError);
});

test("both samplers agree with each other, on other numbers", () => {
  const { training } = cells[0]!;
  const [a, b] = (["direct", "sufficient"] as const).map((sampler) =>
    theorem3.simulate({ ...training, trials: 1500, seed: 6, sampler }),
  );
  expect(a!.meanError).not.toBe(b!.meanError);
  expectWithin(a!.meanError, b!.meanError, Math.hypot(a!.meanErrorError, b!.meanErrorError));
  expectWithin(a!.probability, b!.probability, Math.hypot(a!.standardError, b!.standardError));
  expectWithin(a!.testError, b!.testError, Math.hypot(a!.testErrorError, b!.testErrorError));
});

test("k1, k2 and sigma1 cancel: the same training sets give the same classifiers", () => {
  for (const sampler of ["direct", "sufficient"] as const) {
    const options = { ...cells[0]!.training, trials: 200, seed: 8, sampler };
    const plain = theorem3.simulate(options);
    for (const feature of [{ k1: 0.01 }, { k2: 300 }, { sigma1: 25 }, { k1: 7, k2: 0.5, sigma1: 0.2 }]) {
      const scaled = theorem3.simulate({ ...options, ...feature });
      expect(scaled.probability).toBe(plain.probability);
      expect(scaled.meanError / plain.meanError).toBeCloseTo(1, 9);
      expect(scaled.worstError / plain.worstError).toBeCloseTo(1, 9);
      expect(scaled.testError).toBe(plain.testError);
    }
  }
});

describe("drawn on a device", () => {
  beforeAll(async () => {
    await device.use("simd");
  });
  const options = { ...cells[0]!.training, seed: 4, sampler: "direct", sums: device.normalSums } as const;

  test.each(drawable)("agrees with the exact law at beta $beta, d $d, delta $delta", async ({ training }) => {
    const run = await theorem3.simulateAsync({ ...options, ...training, trials: 4000 });
    expectExact(run, training);
  });

  test("the same on every device, to single precision, whatever is drawn at once", async () => {
    const here = await theorem3.simulateAsync({ ...options, trials: 60 });
    await device.use("cpu");
    const there = await theorem3.simulateAsync({ ...options, trials: 60 });
    await device.use("simd");
    expect(there.meanError / here.meanError).toBeCloseTo(1, 6);
    expect(there.probability).toBe(here.probability);
    expect(there.testError).toBeCloseTo(here.testError, 2);
    const one: NormalSums = async ({ rows, from, ...rest }) => {
      const parts: RowSums[] = [];
      for (let i = 0; i < rows; i++) parts.push(await device.normalSums({ ...rest, from: from + i, rows: 1 }));
      const joined = (name: keyof RowSums) => Float64Array.from(parts, (part) => part[name][0]!);
      return { hits: joined("hits"), sums: joined("sums"), squares: joined("squares") };
    };
    expect(await theorem3.simulateAsync({ ...options, trials: 60, sums: one })).toEqual(here);
  });

  test("stops when asked to", async () => {
    const stop = new AbortController();
    const onProgress = () => stop.abort(new Error("enough"));
    const endless = theorem3.simulateAsync({ ...options, trials: 2 ** 31 - 1, signal: stop.signal, onProgress });
    await expect(endless).rejects.toThrow("enough");
  });

  test("an error of the device is the simulation's", async () => {
    const sums = () => Promise.reject(new Error("the GPU was lost"));
    await expect(theorem3.simulateAsync({ ...options, trials: 10, sums })).rejects.toThrow("the GPU was lost");
  });

  test("is refused where not every point is drawn, and where nothing can be waited for", async () => {
    await expect(theorem3.simulateAsync({ ...options, trials: 10, sampler: "sufficient" })).rejects.toThrow(
      'theorem3.simulateAsync: sums draws every point, as sampler "direct" does (got sampler "sufficient")',
    );
    expect(() => theorem3.simulate({ ...options, trials: 10 })).toThrow('there is no parameter "sums"');
  });
});

test("no training set on the good event: the worst error is not a number, rather than 0", () => {
  const cell = { beta: 9, d: 1, pMinus: 0.9, nPlus: 1, nMinus: 1, delta: 1e-9 };
  const { probability, worstError } = theorem3.simulate({ ...cell, trials: 50, seed: 1 });
  expect(probability).toBe(0);
  expect(worstError).toBeNaN();
});

test("refuses features of which doubles do not tell points apart", () => {
  const { training } = drawable[0]!;
  const simulate = (more: object) => () => theorem3.simulate({ ...training, trials: 10, seed: 1, ...more });
  expect(simulate({ k2: 1e9 * training.d })).not.toThrow();
  expect(simulate({ k2: 1e20 })).toThrow("theorem3.simulate: k2 must be at most 1e9 k1 d sigma1², here");
  expect(simulate({ sigma1: 1e-170 })).toThrow(
    "k1 d sigma1² must be a finite number > 0, and beta times as much (got 0)",
  );
  expect(simulate({ sigma1: 1e200 })).toThrow("and beta times as much (got Infinity)");
});
