import { stream } from "../../random/index.js";
import type { Stream } from "../../random/index.js";
import { check } from "../../options.js";
import { RowsAhead } from "../rows-ahead.js";
import type { NormalSums } from "../rows-ahead.js";
import { asyncRules, checkSums, Moments, run, runAsync, shareError, simulationRules } from "../simulation.js";
import type { AsyncSimulationOptions, SimulationOptions, Trials } from "../simulation.js";
import type { Partial } from "./exact.js";
import { centreOf, labelsStray, mixtureRules, noiseSd } from "./mixture.js";
import type { Mixture } from "./mixture.js";

export type SimulateOptions = Mixture & SimulationOptions;

export interface Simulation {
  trials: number;
  /** Mean and variance of the estimator over the trials, and the standard error of that mean. */
  mean: number;
  variance: number;
  meanError: number;
  /** Share of trials with |estimator - centre| <= delta. */
  coverage: number;
  /** Standard error of the coverage, never 0. */
  standardError: number;
  /** Shares of trials in which each part of the proof exceeds delta/3; see `partial` for the exact values. */
  partial: Partial;
}

/**
 * Simulates the estimator of Theorem 1. "direct" draws nPlus + nMinus points a trial, each with its own pseudo-label
 * noise; "sufficient" draws two binomials and a normal number. Same law, different random numbers.
 */
export function simulate(options: SimulateOptions): Simulation {
  check("theorem1.simulate", options, { ...mixtureRules, ...simulationRules });
  return run(trialsOf(options), options);
}

/** `simulate`, letting the event loop through every 50 ms; same result. Rejects with the signal's reason if aborted. */
export async function simulateAsync(options: SimulateOptions & AsyncSimulationOptions): Promise<Simulation> {
  check("theorem1.simulateAsync", options, { ...mixtureRules, ...asyncRules });
  checkSums("theorem1.simulateAsync", options);
  return runAsync(trialsOf(options), options);
}

/** Where trials come from. */
interface Source {
  draw(trial: number): Draw;
  /** To be waited for before a trial is drawn. */
  ready?(trial: number): Promise<void> | undefined;
}

/** What one trial leaves behind. */
interface Draw {
  kPlus: number;
  kMinus: number;
  estimate: number;
}

function* trialsOf(options: SimulateOptions & AsyncSimulationOptions): Trials<Simulation> {
  const { mu1, mu2, p, q, nPlus, nMinus, delta, trials } = options;
  const direct = options.sampler === "direct";
  const source = sourceOf(options);
  const centre = centreOf(options);
  const moments = new Moments();
  const hits = { coverage: 0, gaussian: 0, plus: 0, minus: 0 };
  const breath = direct ? Math.ceil(100_000 / (nPlus + nMinus)) : 10_000;
  for (let trial = 1; trial <= trials; trial++) {
    const wait = source.ready?.(trial - 1);
    if (wait) yield wait;
    const { kPlus, kMinus, estimate } = source.draw(trial - 1);
    moments.add(estimate);
    const noise = estimate - centre - ((mu1 - mu2) / 2) * (kPlus / nPlus - p - (kMinus / nMinus - q));
    if (Math.abs(estimate - centre) <= delta) hits.coverage++;
    if (Math.abs(noise) > delta / 3) hits.gaussian++;
    if (labelsStray(kPlus, nPlus, p, options)) hits.plus++;
    if (labelsStray(kMinus, nMinus, q, options)) hits.minus++;
    if (trial % breath === 0) yield trial;
  }
  return {
    trials,
    mean: moments.mean,
    variance: moments.variance,
    meanError: moments.standardError,
    coverage: hits.coverage / trials,
    standardError: shareError(hits.coverage, trials),
    partial: { gaussian: hits.gaussian / trials, plus: hits.plus / trials, minus: hits.minus / trials },
  };
}

function sourceOf(options: SimulateOptions & AsyncSimulationOptions): Source {
  if (options.sums) return deviceSampler(options, options.sums);
  return { draw: options.sampler === "direct" ? directSampler(options) : sufficientSampler(options) };
}

/** As the direct sampler; the sums of the points follow from those of their noise and the number of right labels. */
function deviceSampler(options: SimulateOptions, sums: NormalSums): Source {
  const { mu1, mu2, sigma, p, q, nPlus, nMinus, seed, trials } = options;
  const random = stream(seed, "theorem1").split("device");
  const classes = [
    { seed: random.integer(2 ** 53 - 1), length: nPlus, chance: p },
    { seed: random.integer(2 ** 53 - 1), length: nMinus, chance: q },
  ];
  const rows = new RowsAhead(sums, classes, trials);
  return {
    ready: (trial) => rows.ready(trial),
    draw(trial) {
      const [plus, minus] = [rows.row(0, trial), rows.row(1, trial)];
      const meanPlus = (plus.hits * mu1 + (nPlus - plus.hits) * mu2 + sigma * plus.sum) / nPlus;
      const meanMinus = (minus.hits * mu2 + (nMinus - minus.hits) * mu1 + sigma * minus.sum) / nMinus;
      return { kPlus: plus.hits, kMinus: minus.hits, estimate: (meanPlus + meanMinus) / 2 };
    },
  };
}

function sufficientSampler(options: SimulateOptions): () => Draw {
  const { mu1, mu2, p, q, nPlus, nMinus, seed } = options;
  const random = stream(seed, "theorem1").split("sufficient");
  const sd = noiseSd(options);
  return () => {
    const kPlus = random.binomial(nPlus, p);
    const kMinus = random.binomial(nMinus, q);
    const mean = (mu1 + mu2) / 2 + ((mu1 - mu2) / 2) * (kPlus / nPlus - kMinus / nMinus);
    return { kPlus, kMinus, estimate: mean + sd * random.normal() };
  };
}

/** Points are drawn into blocks that stay in the processor's cache. */
const blockSize = 4096;

function directSampler(options: SimulateOptions): () => Draw {
  const { mu1, mu2, sigma, p, q, nPlus, nMinus, seed } = options;
  const random = stream(seed, "theorem1").split("direct");
  const labels = random.split("labels");
  const noise = random.split("noise");
  return () => {
    const plus = pseudoClass(labels, noise, nPlus, p, { right: mu1, wrong: mu2, sigma });
    const minus = pseudoClass(labels, noise, nMinus, q, { right: mu2, wrong: mu1, sigma });
    return { kPlus: plus.right, kMinus: minus.right, estimate: (plus.mean + minus.mean) / 2 };
  };
}

const chances = new Float64Array(blockSize);
const normals = new Float64Array(blockSize);

/** Draws the n points of one pseudo-class: how many labels are right, and the mean of the points. */
function pseudoClass(
  labels: Stream,
  noise: Stream,
  n: number,
  precision: number,
  of: { right: number; wrong: number; sigma: number },
): { right: number; mean: number } {
  let right = 0;
  let sum = 0;
  for (let done = 0; done < n; done += blockSize) {
    const size = Math.min(blockSize, n - done);
    const u = labels.fillUniform(size === blockSize ? chances : chances.subarray(0, size));
    const z = noise.fillNormal(size === blockSize ? normals : normals.subarray(0, size));
    for (let i = 0; i < size; i++) {
      const correct = u[i]! < precision;
      if (correct) right++;
      sum += (correct ? of.right : of.wrong) + of.sigma * z[i]!;
    }
  }
  return { right, mean: sum / n };
}
