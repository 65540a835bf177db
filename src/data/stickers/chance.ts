import type { Stream } from "../../random/index.js";

/** A number between `low` and `high`. */
export function between(stream: Stream, low: number, high: number): number {
  return low + (high - low) * stream.uniform();
}

/** True with the probability given. */
export function chance(stream: Stream, probability: number): boolean {
  return stream.uniform() < probability;
}
