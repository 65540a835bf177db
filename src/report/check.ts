import { numberWhere, refuseUnknown, show } from "../options.js";

/** How a measured number must compare with its bound. "=" allows for rounding only, "≈" for sampling noise. */
export type Relation = ">=" | "<=" | ">" | "<" | "=" | "≈";

/** What `check` needs to know. */
export interface CheckOptions {
  /** Short, stable and unique in its notebook: "theorem1.coverage". */
  readonly id: string;
  /** One sentence; mathematics may stand between dollar signs. */
  readonly claim: string;
  /** What was held fixed: "p = 0.9, n = 100", or the parameters themselves. */
  readonly parameters?: string | Readonly<Record<string, string | number | boolean>>;
  readonly measured: number;
  /** Standard error of `measured` where it comes from a simulation. */
  readonly error?: number;
  readonly relation: Relation;
  readonly bound: number;
  /** How many standard errors noise may move `measured` across the bound (default 4). */
  readonly standardErrors?: number;
  /** What rounding may do, relative to the bound (default 1e-9; where the bound is 0, absolute). */
  readonly rounding?: number;
}

/** A claim held against a number. Plain data: it travels with the notebook as JSON. */
export interface Check {
  readonly id: string;
  readonly claim: string;
  readonly parameters: string;
  readonly measured: number;
  readonly error?: number;
  readonly relation?: Relation;
  readonly bound: number;
  readonly holds: boolean;
}

const OPTIONS = ["id", "claim", "parameters", "measured", "error", "relation", "bound", "standardErrors", "rounding"];
const RELATIONS: readonly Relation[] = [">=", "<=", ">", "<", "=", "≈"];

/**
 * Decides from the numbers whether a claim holds:
 * ">=" when measured + slack >= bound, "<=" when measured - slack <= bound, "=" and "≈" when |measured - bound| <= slack,
 * ">" and "<" without any slack. The slack is `standardErrors` x `error`, plus rounding (except for ">" and "<").
 * A NaN never holds; what is no number, such as the null that JSON makes of NaN, is an error.
 *
 * @throws RangeError for an unknown option or relation, a measured or bound that is no number, an error, standardErrors or rounding
 *   that is no finite number >= 0, or "≈" without an error.
 */
export function check(options: CheckOptions): Check {
  refuseUnknown("check", options, OPTIONS);
  const { id, claim, parameters = "", measured, error, relation, bound, standardErrors = 4, rounding = 1e-9 } = options;
  if (!RELATIONS.includes(relation)) {
    throw new RangeError(`check ${id}: relation must be one of ${RELATIONS.join(" ")} (got ${String(relation)})`);
  }
  for (const [name, value] of Object.entries({ measured, bound })) {
    if (typeof value !== "number") throw new RangeError(`check ${id}: ${name} must be a number (got ${show(value)})`);
  }
  for (const [name, value] of Object.entries({ error: error === undefined ? 0 : error, standardErrors, rounding })) {
    if (!numberWhere("", (v) => v >= 0).accepts(value))
      throw new RangeError(`check ${id}: ${name} must be a finite number >= 0 (got ${show(value)})`);
  }
  if (relation === "≈" && error === undefined) {
    throw new RangeError(`check ${id}: "≈" compares within sampling noise and needs error; exact numbers take "="`);
  }
  const scale = bound === 0 || !Number.isFinite(bound) ? 1 : Math.abs(bound);
  const slack = standardErrors * (error ?? 0) + rounding * scale;
  return {
    id,
    claim,
    parameters: typeof parameters === "string" ? parameters : listed(parameters),
    measured,
    ...(error !== undefined && { error }),
    relation,
    bound,
    holds: compares(measured, relation, bound, slack),
  };
}

function compares(measured: number, relation: Relation, bound: number, slack: number): boolean {
  switch (relation) {
    case ">=":
      return measured + slack >= bound;
    case "<=":
      return measured - slack <= bound;
    case ">":
      return measured > bound;
    case "<":
      return measured < bound;
    default:
      return measured === bound || Math.abs(measured - bound) <= slack;
  }
}

function listed(parameters: Readonly<Record<string, string | number | boolean>>): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name} = ${value}`)
    .join(", ");
}
