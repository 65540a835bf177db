import { callback, count, having, oneOf, optional, seed } from "../options.js";
import type { NormalSums } from "./rows-ahead.js";

/**
 * How a simulation draws: "direct" draws every data point as the model says; "sufficient" draws only what the result
 * depends on (counts, means, sums of squares) from their exact laws, at a cost that does not grow with the data.
 */
export type Sampler = "direct" | "sufficient";

export interface SimulationOptions {
  /** Number of independent repetitions, from 1. */
  trials: number;
  /** Fixes every number that is drawn; a safe integer. */
  seed: number;
  /** Default "sufficient". */
  sampler?: Sampler;
  /** Told how many of the trials are done: about ten times a second, and at the end. */
  onProgress?: (done: number, total: number) => void;
}

export interface AsyncSimulationOptions {
  /** Ends the simulation early: the promise is rejected with the signal's reason. */
  signal?: AbortSignal;
  /**
   * Where the direct sampler's points are drawn and summed: `device.normalSums`, in single precision, on the GPU if that is
   * the device. Other numbers than without it, and the same on every device. Default: here, in double precision.
   */
  sums?: NormalSums;
}

export const simulationRules = {
  trials: count,
  seed,
  sampler: optional(oneOf("direct", "sufficient")),
  onProgress: optional(callback),
};

export const asyncRules = {
  ...simulationRules,
  signal: optional(having("aborted", "throwIfAborted")),
  sums: optional(callback),
};

/** @throws RangeError where what is drawn on a device is not what the sampler draws */
export function checkSums(caller: string, { sampler, sums }: { sampler?: Sampler; sums?: NormalSums }): void {
  if (sums === undefined || sampler === "direct") return;
  throw new RangeError(
    `${caller}: sums draws every point, as sampler "direct" does (got sampler "${sampler ?? "sufficient"}")`,
  );
}

/**
 * A simulation under way: yields how many trials are done every few milliseconds, or what has to be waited for; returns its
 * result.
 */
export type Trials<Result> = Generator<number | Promise<void>, Result, undefined>;

const reportEvery = 100;
const breatheEvery = 50;

/** Runs a simulation to its end without letting go of the thread. */
export function run<Result>(trials: Trials<Result>, { trials: total, onProgress }: SimulationOptions): Result {
  let reported = performance.now();
  for (;;) {
    const step = trials.next();
    if (step.done) {
      onProgress?.(total, total);
      return step.value;
    }
    if (typeof step.value !== "number") throw new Error("expected trials that need no waiting");
    if (onProgress && step.value < total && performance.now() - reported >= reportEvery) {
      onProgress(step.value, total);
      reported = performance.now();
    }
  }
}

/** Runs a simulation and lets timers, messages and interrupts through every 50 ms. The result is that of `run`. */
export async function runAsync<Result>(
  trials: Trials<Result>,
  { trials: total, onProgress, signal }: SimulationOptions & AsyncSimulationOptions,
): Promise<Result> {
  signal?.throwIfAborted();
  let reported = performance.now();
  let breathed = reported;
  for (;;) {
    const step = trials.next();
    if (step.done) {
      onProgress?.(total, total);
      return step.value;
    }
    if (typeof step.value !== "number") {
      await step.value;
      continue;
    }
    const now = performance.now();
    if (now - breathed >= breatheEvery) {
      await new Promise(setImmediate);
      signal?.throwIfAborted();
      breathed = performance.now();
    }
    if (onProgress && step.value < total && now - reported >= reportEvery) {
      onProgress(step.value, total);
      reported = now;
    }
  }
}

/** Running mean and variance (Welford), exact to rounding at any number of values. */
export class Moments {
  count = 0;
  mean = 0;
  private squares = 0;

  add(value: number): void {
    this.count++;
    const change = value - this.mean;
    this.mean += change / this.count;
    this.squares += change * (value - this.mean);
  }

  /** The unbiased sample variance; 0 for fewer than two values. */
  get variance(): number {
    return this.count < 2 ? 0 : this.squares / (this.count - 1);
  }

  /** Standard error of the mean. */
  get standardError(): number {
    return Math.sqrt(this.variance / this.count);
  }
}

/**
 * Standard error of a share of hits among trials, from (hits + 1/2) / (trials + 1): the usual formula says 0 when
 * every trial hits, as if that were certain.
 */
export function shareError(hits: number, trials: number): number {
  const share = (hits + 0.5) / (trials + 1);
  return Math.sqrt((share * (1 - share)) / trials);
}
