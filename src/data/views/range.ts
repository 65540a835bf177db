import type { Rule } from "../../options.js";

/** From the first number to the second. */
export type Range = readonly [least: number, most: number];

/** The number at `share` (0 to 1) of the way. */
export function between([least, most]: Range, share: number): number {
  return least + (most - least) * share;
}

/** A rule for ranges of finite numbers of which something holds. */
export function rangeWhere(range: string, holds: (least: number, most: number) => boolean): Rule {
  return {
    range: `[least, most], ${range}`,
    accepts: (v) =>
      Array.isArray(v) &&
      v.length === 2 &&
      v.every(Number.isFinite) &&
      v[0] <= v[1] &&
      holds(v[0] as number, v[1] as number),
  };
}
