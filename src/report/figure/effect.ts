import { decimal } from "../../show/number.js";

/** One effect: the mean of differences, and how sure it is. */
export interface Effect {
  /** The claim in few words. */
  readonly name: string;
  readonly mean: number;
  /** Ends of its interval; without them there is a point only. */
  readonly interval?: readonly [low: number, high: number];
  /** How many differences the mean is of: pairs of runs. */
  readonly n: number;
  /** A heading above, over all neighbours of the same group. */
  readonly group?: string;
}

/** Whether it is known to be another than `reference`. */
export function excludes({ interval }: Effect, reference: number): boolean {
  return interval !== undefined && (interval[0] > reference || interval[1] < reference);
}

/** "−1.3 [−2.0, −0.6], n = 5". */
export function numbers({ mean, interval, n }: Effect, decimals: number): string {
  const written = (value: number): string => decimal(value, decimals);
  const ends = interval ? ` [${interval.map(written).join(", ")}]` : "";
  return `${written(mean)}${ends}, n = ${n}`;
}

/** @throws RangeError for a mean, an interval or n that is no such thing */
export function refuseEffect({ name, mean, interval, n }: Effect): void {
  const caller = `forest: "${name}"`;
  if (!Number.isFinite(mean)) throw new RangeError(`${caller}: expected a finite mean, found ${mean}`);
  if (!(Number.isInteger(n) && n >= 1)) throw new RangeError(`${caller}: expected n to be an integer >= 1, found ${n}`);
  if (
    interval &&
    !(Number.isFinite(interval[0]) && interval[0] <= mean && mean <= interval[1] && interval[1] < Infinity)
  ) {
    throw new RangeError(`${caller}: expected an interval around ${mean}, found ${interval.join(" to ")}`);
  }
}
