import { stream } from "../../random/index.js";
import type { Stream } from "../../random/index.js";
import { check, count, optional, positive } from "../../options.js";
import type { Rule } from "../../options.js";
import { RowsAhead } from "../rows-ahead.js";
import type { NormalSums } from "../rows-ahead.js";
import { asyncRules, checkSums, Moments, run, runAsync, shareError, simulationRules } from "../simulation.js";
import type { AsyncSimulationOptions, SimulationOptions, Trials } from "../simulation.js";
import { thresholdError } from "./error.js";
import { inBlocks } from "./norms.js";
import { trainingRules } from "./training.js";
import type { Training } from "./training.js";

export type SimulateOptions = Training &
  SimulationOptions & {
    /**
     * Slope and offset of the feature Z = k1 |X|² + k2, both > 0. Default 1. The result does not depend on them; k2 is at most 1e9 times
     * k1 d sigma1², beyond which points that differ have the same Z in doubles.
     */
    k1?: number;
    k2?: number;
    /** Standard deviation of class + in each coordinate, > 0. Default 1. The result does not depend on it. */
    sigma1?: number;
    /** Fresh labelled points that each trained classifier is tried on, from 1. Default 10. */
    testPoints?: number;
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
  checkSums("theorem3.simulateAsync", options);
  return runAsync(trialsOf(options), options);
}

function checkOptions(caller: string, options: SimulateOptions, rules: Record<string, Rule>): void {
  const own = {
    k1: optional(positive),
    k2: optional(positive),
    sigma1: optional(positive),
    testPoints: optional(count),
  };
  check(`theorem3.${caller}`, options, { ...trainingRules(options), ...own, ...rules });
  const { beta, d, k1 = 1, k2 = 1, sigma1 = 1 } = options;
  const mean = k1 * d * sigma1 ** 2;
  if (!(mean > 0 && beta * mean < Infinity))
    throw new RangeError(
      `theorem3.${caller}: k1 d sigma1² must be a finite number > 0, and beta times as much (got ${mean})`,
    );
  if (k2 > 1e9 * mean)
    throw new RangeError(`theorem3.${caller}: k2 must be at most 1e9 k1 d sigma1², here ${1e9 * mean} (got ${k2})`);
}

/** What a trial needs of its points, all of them standard normal: their squared lengths. */
interface Lengths {
  /** Their sums over the training points of both classes. */
  training(trial: number): readonly [plus: number, minus: number];
  /** Of the i-th test point, asked for in order. */
  test(trial: number, i: number): number;
  /** To be waited for before a trial is drawn. */
  ready?(trial: number): Promise<void> | undefined;
}

function* trialsOf(options: SimulateOptions & AsyncSimulationOptions): Trials<Simulation> {
  const { beta, d, pMinus, nPlus, nMinus, delta, trials, seed } = options;
  const { k1 = 1, k2 = 1, sigma1 = 1, testPoints = 10, sampler = "sufficient", sums } = options;
  const random = stream(seed, "theorem3").split(sums ? "device" : sampler);
  const test = random.split("test");
  const lengths = sums
    ? onDevice(sums, random, { ...options, testPoints })
    : drawn(sampler === "sufficient" ? chiSquares(d) : points(d), random.split("training"), test, options);
  const variance = { plus: sigma1 ** 2, minus: beta * sigma1 ** 2 };
  const good = (total: number, n: number) => Math.abs(total / (n * d) - 1) < delta;
  const errors = new Moments();
  const shares = new Moments();
  let [hits, worst, wrong] = [0, NaN, 0];
  const numbers = sampler === "direct" ? (nPlus + nMinus + testPoints) * d : 200;
  const breath = Math.ceil(100_000 / numbers);
  for (let trial = 1; trial <= trials; trial++) {
    const wait = lengths.ready?.(trial - 1);
    if (wait) yield wait;
    const [totalPlus, totalMinus] = lengths.training(trial - 1);
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
      const z = k1 * (minus ? variance.minus : variance.plus) * lengths.test(trial - 1, i) + k2;
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

/** Draws the squared lengths of n points, and their sum. */
type DrawTotal = (random: Stream, n: number) => number;

function drawn(total: DrawTotal, training: Stream, test: Stream, { nPlus, nMinus }: Training): Lengths {
  return {
    training: () => [total(training, nPlus), total(training, nMinus)],
    test: () => total(test, 1),
  };
}

function chiSquares(d: number): DrawTotal {
  return (random, n) => random.chiSquare(n * d);
}

function points(d: number): DrawTotal {
  const draw = inBlocks(d);
  return (random, n) => {
    let sum = 0;
    draw(random, n, (norm) => (sum += norm));
    return sum;
  };
}

/** As `points`, where the numbers are drawn and squared on a device. */
function onDevice(
  sums: NormalSums,
  random: Stream,
  options: SimulateOptions & { readonly testPoints: number },
): Lengths {
  const { d, nPlus, nMinus, testPoints, trials } = options;
  const seeds = random.split("seeds");
  const kinds = [
    { seed: seeds.integer(2 ** 53 - 1), length: nPlus * d },
    { seed: seeds.integer(2 ** 53 - 1), length: nMinus * d },
    { seed: seeds.integer(2 ** 53 - 1), length: d, rows: testPoints },
  ];
  const rows = new RowsAhead(sums, kinds, trials);
  return {
    ready: (trial) => rows.ready(trial),
    training: (trial) => [rows.row(0, trial).squares, rows.row(1, trial).squares],
    test: (trial, i) => rows.row(2, trial, i).squares,
  };
}
