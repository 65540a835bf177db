import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { theorem1, theorem2, theorem3 } from "../../../src/theory/index.js";

const mixture = { mu1: 1, mu2: -1, sigma: 1, p: 0.9, q: 0.7, nPlus: 10, nMinus: 20, delta: 0.5 };
const linear = { u: 1, beta: 4, pMinus: 0.9 };
const training = { beta: 4, d: 50, pMinus: 0.9, nPlus: 10, nMinus: 90, delta: 0.1 };
const run = { trials: 10, seed: 1 };

type Call = (options: never) => unknown;
type Case = [name: string, call: Call, good: object, parameters: Record<string, [range: string, ...bad: unknown[]]>];

const notFinite = [NaN, Infinity, -Infinity, "1", null, undefined];
const countRange = "an integer from 1 to 2147483647";
const badCount: [string, ...unknown[]] = [countRange, 0, -1, 1.5, 2 ** 31, ...notFinite];
const badPositive: [string, ...unknown[]] = ["a finite number > 0", 0, -1, ...notFinite];
const badFinite: [string, ...unknown[]] = ["a finite number", ...notFinite];
const badProbability: [string, ...unknown[]] = ["a number in [0, 1]", -0.1, 1.1, ...notFinite];
const badBeta: [string, ...unknown[]] = ["a finite number > 1", 1, 0.5, -3, ...notFinite];
const badMajority: [string, ...unknown[]] = ["a number in [0.5, 1]", 0.4, 1.01, ...notFinite];
const badMixture = {
  mu1: badFinite,
  mu2: badFinite,
  sigma: badPositive,
  p: badProbability,
  q: badProbability,
  nPlus: badCount,
  nMinus: badCount,
  delta: badPositive,
};
const badRun: Case[3] = {
  trials: badCount,
  seed: ["a safe integer", 0.5, 2 ** 53, ...notFinite],
  sampler: ['"direct" or "sufficient"', "both", 1, null],
  onProgress: ["a function", 1, null],
};
const badTraining: Case[3] = {
  beta: badBeta,
  d: badCount,
  pMinus: badMajority,
  nPlus: badCount,
  nMinus: badCount,
  delta: ["a number in (0, 0.6), which is between 0 and (beta - 1)/(beta + 1)", 0, 0.6, 0.7, -1, ...notFinite],
};
const { d: badD, beta: _, pMinus: __ } = badTraining;
const badFeature = { beta: badBeta, d: badD!, pMinus: badMajority };

const cases: Case[] = [
  ["theorem1.bound", theorem1.bound, mixture, badMixture],
  ["theorem1.subGaussianBound", theorem1.subGaussianBound, mixture, badMixture],
  ["theorem1.exact", theorem1.exact, mixture, badMixture],
  ["theorem1.partial", theorem1.partial, mixture, badMixture],
  ["theorem1.simulate", theorem1.simulate, { ...mixture, ...run }, { ...badMixture, ...badRun }],
  [
    "theorem1.deltaForLevel",
    theorem1.deltaForLevel,
    { mu1: 1, mu2: -1, sigma: 1, nPlus: 10, nMinus: 20, level: 0.5 },
    { sigma: badPositive, nPlus: badCount, level: ["a number in [0, 1)", 1, -0.1, ...notFinite] },
  ],
  ["theorem1.risk", theorem1.risk, { mu1: 1, mu2: -1, sigma: 1, threshold: 0 }, { threshold: badFinite }],
  ["theorem1.bayesRisk", theorem1.bayesRisk, { mu1: 1, mu2: -1, sigma: 1 }, { sigma: badPositive }],
  [
    "theorem1.thresholdClassifier",
    theorem1.thresholdClassifier,
    { mu1: 1, mu2: -1, sigma: 1, threshold: 0 },
    { mu1: badFinite, sigma: badPositive, threshold: badFinite },
  ],
  ["theorem2.error", theorem2.error, linear, { u: badFinite, beta: badBeta, pMinus: badMajority }],
  ["theorem2.floor", theorem2.floor, { beta: 4, pMinus: 0.9 }, { beta: badBeta, pMinus: badMajority }],
  [
    "theorem2.simulate",
    theorem2.simulate,
    { theta: [1, 2], b: 1, beta: 4, pMinus: 0.9, ...run },
    {
      theta: ["an array of finite numbers, not all zero", [0, 0], [], [NaN], "ab", 3],
      b: badFinite,
      sigma1: ["a finite number > 0", 0, -1, NaN],
      ...badRun,
    },
  ],
  ["theorem3.bound", theorem3.bound, training, badTraining],
  ["theorem3.chernoffBound", theorem3.chernoffBound, training, badTraining],
  ["theorem3.exact", theorem3.exact, training, badTraining],
  [
    "theorem3.simulate",
    theorem3.simulate,
    { ...training, ...run },
    {
      ...badTraining,
      ...badRun,
      k1: ["a finite number > 0", 0, NaN],
      k2: ["a finite number > 0", -1],
      sigma1: ["a finite number > 0", 0],
      testPoints: [countRange, 0, 1.5],
    },
  ],
  [
    "theorem3.expectedError",
    theorem3.expectedError,
    { beta: 4, d: 5, pMinus: 0.9, nPlus: 2, nMinus: 3 },
    { ...badFeature, nPlus: badCount },
  ],
  ["theorem3.populationMidpoint", theorem3.populationMidpoint, { beta: 4, d: 50, pMinus: 0.9 }, badFeature],
  ["theorem3.bayes", theorem3.bayes, { beta: 4, d: 50, pMinus: 0.9 }, badFeature],
  [
    "theorem3.errorAt",
    theorem3.errorAt,
    { beta: 4, d: 50, pMinus: 0.9, threshold: 2 },
    { ...badFeature, threshold: badPositive },
  ],
  [
    "theorem3.firstDimension",
    theorem3.firstDimension,
    { beta: 4, pMinus: 0.9 },
    { beta: badBeta, pMinus: badMajority, below: ["a finite number > 0", 0], largest: [countRange, 0] },
  ],
];

describe.each(cases)("%s", (name, call, good, parameters) => {
  test("accepts a good cell", () => {
    expect(() => call(good as never)).not.toThrow();
  });

  test.each(Object.entries(parameters))(
    "refuses a bad %s, naming it, its range and its value",
    (parameter, [range, ...bad]) => {
      for (const value of bad) {
        let error: unknown;
        try {
          call({ ...good, [parameter]: value } as never);
        } catch (thrown) {
          error = thrown;
        }
        const shown = typeof value === "string" ? JSON.stringify(value) : inspect(value);
        expect(error).toBeInstanceOf(RangeError);
        expect((error as RangeError).message).toBe(`${name}: ${parameter} must be ${range} (got ${shown})`);
      }
    },
  );

  test("refuses an unknown parameter and lists the known ones", () => {
    expect(() => call({ ...good, nPLus: 3 } as never)).toThrow(
      /there is no parameter "nPLus"; the parameters are .*\w/,
    );
  });
});

test("theorem2.simulate wants theta or d, not both and not neither", () => {
  const options = { b: 1, beta: 4, pMinus: 0.9, ...run };
  expect(() => theorem2.simulate(options)).toThrow("give either theta or d (got neither)");
  expect(() => theorem2.simulate({ ...options, theta: [1], d: 1 })).toThrow("give either theta or d (got both)");
});

test("async functions reject instead of throwing", async () => {
  await expect(theorem1.simulateAsync({ ...mixture, ...run, p: 2 })).rejects.toThrow(
    "theorem1.simulateAsync: p must be",
  );
  await expect(theorem2.simulateAsync({ b: 1, d: 0, beta: 4, pMinus: 0.9, ...run })).rejects.toThrow("d must be");
  await expect(theorem3.simulateAsync({ ...training, ...run, delta: 1 })).rejects.toThrow("delta must be");
  await expect(theorem1.simulateAsync({ ...mixture, ...run, signal: {} as AbortSignal })).rejects.toThrow(
    "signal must be",
  );
});
