import { check, oneOf, text, type Rule } from "../options.js";
import { moments } from "./sample.js";

/** An effect that the paper claims, measured in several runs. */
export interface Effect {
  /** One sentence: "SSP lowers the error". */
  readonly claim: string;
  /** Where the numbers come from: "Table 2, recorded, scale quick". */
  readonly from: string;
  /** One number a seed: above 0 where the claim is right. */
  readonly values: readonly number[];
  readonly n: number;
  /** Mean, in points of accuracy. */
  readonly mean: number;
  /** Half the 95 % interval of the mean (Student's t); NaN of one run alone. */
  readonly half: number;
  /**
   * "holds" and "does not hold" where the interval leaves 0 out, "undecided" where it does not, or there are fewer than three
   * runs.
   */
  readonly verdict: "holds" | "does not hold" | "undecided";
}

/** 97.5 % points of Student's t, by degrees of freedom from 1; beyond, that of 20, which errs on the careful side. */
const T = [
  ...[12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228],
  ...[2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11, 2.101, 2.093, 2.086],
];
const FEWEST = 3;

const values: Rule = {
  range: "an array of one or more finite numbers",
  accepts: (v) => Array.isArray(v) && v.length > 0 && v.every(Number.isFinite),
};

/**
 * Holds a claim against the numbers of several seeds.
 * @param options.values one a seed, above 0 where the claim is right
 * @param options.expects "above" 0 (default), or "below"
 * @throws RangeError for no values, or one that is not finite
 */
export function effect(options: {
  readonly claim: string;
  readonly from: string;
  readonly values: readonly number[];
  readonly expects?: "above" | "below";
}): Effect {
  check("effect", options, {
    claim: text,
    from: text,
    values,
    expects: { ...oneOf("above", "below"), optional: true },
  });
  const { claim, from, expects = "above" } = options;
  const n = options.values.length;
  const { mean, sd } = moments(options.values);
  const half = n < 2 ? NaN : (T[Math.min(n - 1, T.length) - 1]! * sd) / Math.sqrt(n);
  const side = expects === "above" ? mean : -mean;
  const isClear = n >= FEWEST && Math.abs(mean) > half;
  const verdict = !isClear ? "undecided" : side > 0 ? "holds" : "does not hold";
  return { claim, from, values: options.values, n, mean, half, verdict };
}
