import { check, numberWhere, optional, type Rule } from "../options.js";
import { decay, ratio } from "./profile.js";

export interface UnlabeledOptions {
  /** Images per class of the labeled set D_L, head to tail. */
  readonly labeled: readonly number[];
  /** rho_U: largest class of D_U / smallest, >= 1; 1 is balanced. */
  readonly rhoU: number;
  /** Size of D_U as a multiple of D_L's, > 0. Default 5: D_U@5x. */
  readonly multiple?: number;
}

export interface RelevanceOptions extends UnlabeledOptions {
  /** Share of D_U that shows D_L's classes, 0 to 1. */
  readonly relevance: number;
}

/** D_U of the relevance study. */
export interface RelevanceProfile {
  /** Images of each of D_L's classes, head to tail. */
  readonly relevant: number[];
  /** Images of other classes, together. */
  readonly irrelevant: number;
}

const counts: Rule = {
  range: "two or more integers >= 1",
  accepts: (v) => Array.isArray(v) && v.length >= 2 && v.every((n) => Number.isSafeInteger(n) && n >= 1),
};
const rules = {
  labeled: counts,
  rhoU: ratio,
  multiple: optional(numberWhere("a finite number > 0", (v) => v > 0)),
};

/**
 * Images per class of the unlabeled set D_U, head to tail, as the authors' code has it (section 2.2): an exponential
 * profile of ratio rho_U is scaled to `multiple` times the labeled images, and truncated again, so that the total is
 * the same within a few images whatever rho_U. Classes may come out empty if rho_U is large.
 * @throws RangeError for a parameter out of range
 */
export function unlabeledProfile(options: UnlabeledOptions): number[] {
  check("unlabeledProfile", options, rules);
  const { labeled, rhoU, multiple = 5 } = options;
  return scaled(labeled.length, rhoU, size(labeled, multiple));
}

/**
 * D_U of the relevance study (section 3, figures 2 and 3). The appendix with its details is not known; here the size
 * of D_U stays `multiple` times D_L's, `relevance` of it is drawn as `unlabeledProfile` says, and images of other
 * classes are the rest.
 * @throws RangeError for a parameter out of range
 */
export function relevanceProfile(options: RelevanceOptions): RelevanceProfile {
  const share = numberWhere("a number in [0, 1]", (v) => v >= 0 && v <= 1);
  check("relevanceProfile", options, { ...rules, relevance: share });
  const { labeled, rhoU, multiple = 5, relevance } = options;
  const total = size(labeled, multiple);
  const wanted = Math.round(total * relevance);
  return { relevant: scaled(labeled.length, rhoU, wanted), irrelevant: total - wanted };
}

function size(labeled: readonly number[], multiple: number): number {
  return Math.round(multiple * labeled.reduce((sum, n) => sum + n, 0));
}

function scaled(classes: number, rhoU: number, total: number): number[] {
  const raw = decay(Math.floor(total / classes), rhoU, classes).map(Math.trunc);
  const sum = raw.reduce((a, b) => a + b, 0);
  if (sum === 0) return raw;
  const factor = total / sum;
  return raw.map((n) => Math.trunc(n * factor));
}
