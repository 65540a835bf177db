import * as tf from "@tensorflow/tfjs";
import { describe, expect, test } from "vitest";
import { theorem3 } from "../../../../src/theory/index.js";
import { expectWithin } from "../reference.js";
import { cells } from "./cells.js";

/** Cells whose training sets are small enough to be drawn point by point many times. */
const drawable = cells.filter(({ d, NPlus, NMinus }) => d * (NPlus + NMinus) <= 5000);

describe.each(["direct", "sufficient"] as const)("the %s sampler", (sampler) => {
  test.each(drawable)("agrees with the exact law at beta $beta, d $d, delta $delta", ({ training }) => {
    const trials = sampler === "direct" ? 1000 : 20_000;
    const run = theorem3.simulate({ ...training, trials, seed: 21, sampler });
    const exact = theorem3.exact(training);
    const { delta: _, ...counts } = training;
    const { error } = theorem3.expectedError(counts);
    expectWithin(run.probability, exact.probability, run.standardError);
    expectWithin(run.meanError, error, run.meanErrorError);
    expectWithin(run.testError, error, run.testErrorError);
    expect(run.worstError).toBeLessThanOrEqual(exact.worstError);
    expect(run.worstError).toBeLessThanOrEqual(theorem3.bound(training).error);
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

test("sums on tensors give the same training sets, to single precision, and leave no tensor behind", async () => {
  await tf.setBackend("cpu");
  const before = tf.memory().numTensors;
  const options = { ...cells[2]!.training, trials: 40, seed: 4, sampler: "direct" } as const;
  const [loop, tensors] = [theorem3.simulate(options), theorem3.simulate({ ...options, tensors: tf })];
  expect(tensors.meanError / loop.meanError).toBeCloseTo(1, 4);
  expect(tensors.testError).toBeCloseTo(loop.testError, 2);
  expect(tf.memory().numTensors).toBe(before);
});

test("no training set on the good event: the worst error is not a number, rather than 0", () => {
  const cell = { beta: 9, d: 1, pMinus: 0.9, nPlus: 1, nMinus: 1, delta: 1e-9 };
  const { probability, worstError } = theorem3.simulate({ ...cell, trials: 50, seed: 1 });
  expect(probability).toBe(0);
  expect(worstError).toBeNaN();
});
