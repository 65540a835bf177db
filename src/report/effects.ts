import type { Effect } from "../experiment/index.js";
import { refuseUnknown } from "../options.js";
import { decimal } from "../show/number.js";
import { table, type Table } from "./table.js";

/**
 * Claims with what was measured: mean in points of accuracy, its 95 % interval over n seeds, and whether the claim holds. What
 * the numbers do not decide is called undecided.
 * @throws RangeError for an unknown option, or no effect
 */
export function effects(list: readonly Effect[], options: { readonly caption?: string } = {}): Table {
  refuseUnknown("effects", options, ["caption"]);
  if (list.length === 0) throw new RangeError("effects: expected one or more effects, found none");
  const signed = (value: number): string => decimal(value, 1).replace(/^(?=.*[1-9])(?!−)/, "+");
  return table(
    list.map(({ claim, from, n, mean, half, verdict }) => ({
      ...{
        claim,
        from,
        n,
        points: Number.isNaN(half) ? signed(mean) : `${signed(mean)} ± ${decimal(half, 1)}`,
        verdict,
      },
    })),
    {
      ...options,
      groupBy: "from",
      note: "Points of accuracy, mean over seeds ± half its 95 % interval (Student's t), above 0 where the claim is right. Undecided: fewer than three seeds, or an interval that holds 0.",
    },
  );
}
