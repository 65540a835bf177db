import { check, oneOf, text, type Rule } from "../options.js";
import { moments } from "./sample.js";
import { studentP, studentQuantile } from "./student.js";

/** An effect that the paper claims, measured in several runs. */
export interface Effect {
  /** One sentence: "SSP lowers the error". */
  readonly claim: string;
  /** Where the numbers come from: "Table 2, recorded, scale quick". */
  readonly from: string;
  /** One number a seed: above 0 where the claim is right, or below, where that was expected. */
  readonly values: readonly number[];
  readonly n: number;
  /** Mean, in points of accuracy. */
  readonly mean: number;
  /** Half the 95 % interval of the mean (Student's t); NaN of one run alone, or of equal ones. */
  readonly half: number;
  /** Probability of a mean as far from 0, to either side, were there no effect (Student's t); NaN likewise. */
  readonly p: number;
  /**
   * "holds" and "does not hold" where the interval leaves 0 out, "undecided" where it does not, or there are fewer than three
   * runs, or all are equal: they do not say how far seeds lie apart.
   */
  readonly verdict: "holds" | "does not hold" | "undecided";
}

/** Seeds that a claim is decided by. */
const FEWEST = 3;
const LEVEL = 0.05;
/** Numbers that differ by less than this share of them are equal but for rounding. */
const ROUNDING = 1e-9;

const values: Rule = {
  range: "an array of one or more finite numbers",
  accepts: (v) => Array.isArray(v) && v.length > 0 && v.every(Number.isFinite),
};

/**
 * Holds a claim against the numbers of several seeds.
 * @param options.values one a seed
 * @param options.expects where they are if the claim is right: "above" 0 (default), or "below"
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
  const error = sd / Math.sqrt(n);
  const isSpread = sd > ROUNDING * Math.abs(mean);
  const half = isSpread ? studentQuantile(LEVEL, n - 1) * error : NaN;
  const p = isSpread ? studentP(mean / error, n - 1) : NaN;
  const side = expects === "above" ? mean : -mean;
  const isClear = n >= FEWEST && Math.abs(mean) > half;
  const verdict = !isClear ? "undecided" : side > 0 ? "holds" : "does not hold";
  return { claim, from, values: options.values, n, mean, half, p, verdict };
}

/** Whether its seeds can decide it. */
export function isTested({ n, p }: Effect): boolean {
  return n >= FEWEST && !Number.isNaN(p);
}

/**
 * The effects that are no longer decided when all of a list are looked at together: of many, one in twenty would leave 0 out by
 * chance. By Holm's method (1979): the chance that any of those left is such a one is at most 5 %. Claims that decide nothing, of fewer
 * than three seeds or of equal numbers, do not count.
 */
export function undecidedTogether(effects: readonly Effect[]): Effect[] {
  const family = effects.filter(isTested).sort((a, b) => a.p - b.p);
  const first = family.findIndex(({ p }, i) => p * (family.length - i) > LEVEL);
  return first < 0 ? [] : family.slice(first).filter(({ verdict }) => verdict !== "undecided");
}
