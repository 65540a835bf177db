import { stream } from "../../random/index.js";
import type { Stream } from "../../random/index.js";
import { check, count, having, optional, positive } from "../../options.js";
import type { Rule } from "../../options.js";
import { asyncRules, Moments, run, runAsync, shareError, simulationRules } from "../simulation.js";
import type { AsyncSimulationOptions, SimulationOptions, Trials } from "../simulation.js";
import { thresholdError } from "./error.js";
import { inBlocks, onTensors } from "./norms.js";
import type { DrawNorms, TensorNamespace } from "./norms.js";
import { trainingRules } from "./training.js";
import type { Training } from "./training.js";

export type SimulateOptions = Training &
  SimulationOptions & {
    /** Slope and offset of the feature Z = k1 |X|² + k2, both > 0. Default 1. The result does not depend on them. */
    k1?: number;
    k2?: number;
    /** Standard deviation of class + in each coordinate, > 0. Default 1. The result does not depend on it. */
    sigma1?: number;
    /** Fresh labelled points that each trained classifier is tried on, from 1. Default 10. */
    testPoints?: number;
    /**
     * A TensorFlow.js namespace, for the direct sampler to sum squares on. Off by default, as four fifths of the time
     * or more go into drawing the numbers, which stays where it is: a fifth is the most that any device can gain, and
     * on TensorFlow.js's plain CPU backend the whole took 1.3 (d = 20,000) to 2 times (d = 50) as long.
     */
    tensors?: TensorNamespace;
  };

export interface Simulation {
  /** Number of training sets drawn. */
  trials: number;
  /** Share of training sets on the good event, and its standard error, never 0. */
  probability: number;
  standardError: number;
  /** Largest error probability of a classifier trained on the good event; NaN if no training set fell on it. */
  worstError: number;
  /** Mean error probability over all training sets, and its standard error; compare `expectedError`. */
  meanError: number;
  meanErrorError: number;
  /** Share of test points misclassified, and its standard error, never 0: the same quantity without any formula. */
  testError: number;
  testErrorError: number;
}

/**
 * Trains and tries the classifier sign(-Z + b). "direct" draws every point of every training set, and every test
 * point, in R^d; "sufficient" draws the chi-square numbers that their squared lengths are.
 */
export function simulate(options: SimulateOptions): Simulation {
  checkOptions("simulate", options, simulationRules);
  return run(trialsOf(options), options);
}

/** `simulate`, letting the event loop through every 50 ms; same result. Rejects with the signal's reason if aborted. */
export async function simulateAsync(options: SimulateOptions & AsyncSimulationOptions): Promise<Simulation> {
  checkOptions("simulateAsync", options, asyncRules);
  return runAsync(trialsOf(options), options);
}

function checkOptions(caller: string, options: SimulateOptions, rules: Record<string, Rule>): void {
  const own = {
    k1: optional(positive),
    k2: optional(positive),
    sigma1: optional(positive),
    testPoints: optional(count),
    tensors: optional(having("tensor2d", "square", "sum")),
  };
  check(`theorem3.${caller}`, options, { ...trainingRules(options), ...own, ...rules });
}

/** Both samplers draw squared lengths of standard normal points: the sum over n of them, and one by one. */
interface Lengths {
  total(random: Stream, n: number): number;
  one(random: Stream): number;
}

function* trialsOf(options: SimulateOptions): Trials<Simulation> {
  const { beta, d, pMinus, nPlus, nMinus, delta, trials, seed } = options;
  const { k1 = 1, k2 = 1, sigma1 = 1, testPoints = 10, sampler = "sufficient", tensors } = options;
  const random = stream(seed, "theorem3").split(sampler);
  const [training, test] = [random.split("training"), random.split("test")];
  const draw = sampler === "sufficient" ? chiSquares(d) : points(d, tensors);
  const variance = { plus: sigma1 ** 2, minus: beta * sigma1 ** 2 };
  const good = (total: number, n: number) => Math.abs(total / (n * d) - 1) < delta;
  const errors = new Moments();
  const shares = new Moments();
  let [hits, worst, wrong] = [0, NaN, 0];
  const numbers = sampler === "direct" ? (nPlus + nMinus + testPoints) * d : 200;
  const breath = Math.ceil(100_000 / numbers);
  for (let trial = 1; trial <= trials; trial++) {
    const [totalPlus, totalMinus] = [draw.total(training, nPlus), draw.total(training, nMinus)];
    const meanZPlus = k1 * variance.plus * (totalPlus / nPlus) + k2;
    const meanZMinus = k1 * variance.minus * (totalMinus / nMinus) + k2;
    const b = (meanZPlus + meanZMinus) / 2;
    const { error } = thresholdError(options, (b - k2) / (k1 * d * variance.plus));
    errors.add(error);
    if (good(totalPlus, nPlus) && good(totalMinus, nMinus)) {
      hits++;
      if (!(error <= worst)) worst = error;
    }
    let mistakes = 0;
    for (let i = 0; i < testPoints; i++) {
      const minus = test.uniform() < pMinus;
      const z = k1 * (minus ? variance.minus : variance.plus) * draw.one(test) + k2;
      const saysPlus = b - z > 0;
      if (saysPlus === minus) mistakes++;
    }
    wrong += mistakes;
    shares.add(mistakes / testPoints);
    if (trial % breath === 0) yield trial;
  }
  return {
    trials,
    probability: hits / trials,
    standardError: shareError(hits, trials),
    worstError: worst,
    meanError: errors.mean,
    meanErrorError: errors.standardError,
    testError: shares.mean,
    testErrorError: Math.max(shares.standardError, shareError(wrong, trials * testPoints)),
  };
}

function chiSquares(d: number): Lengths {
  return { total: (random, n) => random.chiSquare(n * d), one: (random) => random.chiSquare(d) };
}

function points(d: number, tensors: TensorNamespace | undefined): Lengths {
  const singly = inBlocks(d);
  const together = tensors ? onTensors(tensors, d) : singly;
  const total = (random: Stream, n: number, draw: DrawNorms) => {
    let sum = 0;
    draw(random, n, (norm) => (sum += norm));
    return sum;
  };
  return { total: (random, n) => total(random, n, together), one: (random) => total(random, 1, singly) };
}
