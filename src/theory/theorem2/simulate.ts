import { stream } from "../../random/index.js";
import type { Stream } from "../../random/index.js";
import { check, count, finite, optional, positive } from "../../options.js";
import type { Rule } from "../../options.js";
import { asyncRules, run, runAsync, shareError, simulationRules } from "../simulation.js";
import type { AsyncSimulationOptions, SimulationOptions, Trials } from "../simulation.js";
import { scaleRules } from "./error.js";
import type { Scales } from "./error.js";

/** The classifier sign(<theta, x> + b): give its normal vector, or the dimension, and a random one is taken. */
export type SimulateOptions = Scales &
  SimulationOptions & {
    /** Finite numbers, not all zero; its length is the dimension. */
    theta?: ArrayLike<number>;
    /** Dimension of x, from 1, where theta is not given. */
    d?: number;
    /** Intercept; the theorem needs b >= 0. */
    b: number;
    /** Standard deviation of class + in each coordinate, > 0. Default 1. */
    sigma1?: number;
  };

export interface Simulation {
  /** Number of labelled points drawn. */
  trials: number;
  /** b / (|theta| sigma1): what `error` takes. */
  u: number;
  /** Share of points misclassified. */
  error: number;
  /** Standard error of that share, never 0. */
  standardError: number;
  /** Shares of all points that are of class + and misclassified, and of class - and misclassified. */
  terms: { plus: number; minus: number };
}

/**
 * Draws labelled points and classifies them. "direct" draws every x in R^d and forms <theta, x>; "sufficient" draws
 * the normal number that <theta, x> is.
 */
export function simulate(options: SimulateOptions): Simulation {
  checkOptions("simulate", options, simulationRules);
  return run(trialsOf(options), options);
}

/**
 * `simulate`, letting the event loop through every 50 ms; same result. Rejects with the signal's reason if aborted. There is no
 * `sums`: <theta, x> weighs the numbers of a point, which a device would only add up.
 */
export async function simulateAsync(
  options: SimulateOptions & Pick<AsyncSimulationOptions, "signal">,
): Promise<Simulation> {
  const { sums: _, ...rules } = asyncRules;
  checkOptions("simulateAsync", options, rules);
  return runAsync(trialsOf(options), options);
}

const direction: Rule = {
  range: "an array of finite numbers, not all zero",
  accepts: (value) => {
    if (!Array.isArray(value) && !ArrayBuffer.isView(value)) return false;
    const entries = Array.from(value as unknown as ArrayLike<unknown>);
    return entries.every(Number.isFinite) && entries.some((entry) => entry !== 0);
  },
};

function checkOptions(caller: string, options: SimulateOptions, rules: Record<string, Rule>): void {
  const own = { theta: optional(direction), d: optional(count), b: finite, sigma1: optional(positive) };
  check(`theorem2.${caller}`, options, { ...scaleRules, ...own, ...rules });
  if ((options.theta === undefined) === (options.d === undefined)) {
    throw new RangeError(`theorem2.${caller}: give either theta or d (got ${options.theta ? "both" : "neither"})`);
  }
}

function* trialsOf(options: SimulateOptions): Trials<Simulation> {
  const { beta, pMinus, b, sigma1 = 1, trials, seed, sampler = "sufficient" } = options;
  const random = stream(seed, "theorem2").split(sampler);
  const theta = Float64Array.from(options.theta ?? random.split("theta").fillNormal(new Float64Array(options.d!)));
  // Of shares of the largest number: squares of huge or tiny ones would be infinite or 0.
  const largest = theta.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const norm = largest * Math.sqrt(theta.reduce((sum, value) => sum + (value / largest) ** 2, 0));
  const points = random.split("points");
  const project = sampler === "direct" ? projector(points, theta) : () => norm * points.normal();
  const labels = random.split("labels");
  const wrong = { plus: 0, minus: 0 };
  const breath = sampler === "direct" ? Math.ceil(100_000 / theta.length) : 10_000;
  for (let trial = 1; trial <= trials; trial++) {
    const minus = labels.uniform() < pMinus;
    const score = sigma1 * (minus ? Math.sqrt(beta) : 1) * project() + b;
    if (minus && score > 0) wrong.minus++;
    if (!minus && score <= 0) wrong.plus++;
    if (trial % breath === 0) yield trial;
  }
  const hits = wrong.plus + wrong.minus;
  return {
    trials,
    u: b / (norm * sigma1),
    error: hits / trials,
    standardError: shareError(hits, trials),
    terms: { plus: wrong.plus / trials, minus: wrong.minus / trials },
  };
}

/** Draws standard normal points in R^d, many at a time, and hands out their inner products with theta one by one. */
function projector(points: Stream, theta: Float64Array): () => number {
  const d = theta.length;
  const block = new Float64Array(Math.max(1, Math.floor(4096 / d)) * d);
  let at = block.length;
  return () => {
    if (at === block.length) {
      points.fillNormal(block);
      at = 0;
    }
    let product = 0;
    for (let i = 0; i < d; i++) product += theta[i]! * block[at + i]!;
    at += d;
    return product;
  };
}
