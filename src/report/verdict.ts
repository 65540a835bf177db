import type { Check, Relation } from "./check.js";
import { DISPLAY } from "../show/display.js";
import type { Displayable, MimeBundle } from "../show/display.js";
import { gridHtml } from "../show/grid.js";
import type { Grid } from "../show/grid.js";
import { gridText } from "../show/grid-text.js";
import { formatMeasured, formatNumber } from "../show/number.js";
import { refuseUnknown } from "../options.js";

/** The checks of a notebook as JSON, beside its table. */
export const CHECKS_MIME = "application/vnd.longtail.checks+json";

const SIGNS: Record<Relation, string> = { ">=": "≥", "<=": "≤", ">": ">", "<": "<", "=": "=", "≈": "≈" };

const NOISE = "± is one standard error of a simulation; a comparison allows for four unless it says otherwise.";

/**
 * The table a notebook ends with: claim, parameters, bound, measured ± standard error, and whether it holds.
 *
 * @param options.title above it (default "Verdict")
 * @param options.note below it: what is not among the checks, say
 * @throws RangeError when there is no check, or two have the same id.
 */
export function verdict(checks: readonly Check[], options: { title?: string; note?: string } = {}): Verdict {
  refuseUnknown("verdict", options, ["title", "note"]);
  if (checks.length === 0) throw new RangeError("verdict: expected at least one check, got none");
  const ids = checks.map(({ id }) => id);
  const twice = ids.find((id, at) => ids.indexOf(id) !== at);
  if (twice !== undefined) throw new RangeError(`verdict: two checks have the id "${twice}"; ids must differ`);
  return new Verdict(checks, options.title ?? "Verdict", options.note);
}

/** Checks ready to be shown; use `verdict`. */
export class Verdict implements Displayable {
  constructor(
    readonly checks: readonly Check[],
    readonly title: string,
    readonly note?: string,
  ) {}

  /** Whether all of them hold. */
  get holds(): boolean {
    return this.checks.every(({ holds }) => holds);
  }

  toString(): string {
    return gridText(this.#grid());
  }

  [DISPLAY](): MimeBundle {
    const grid = this.#grid();
    return { "text/html": gridHtml(grid), "text/plain": gridText(grid), [CHECKS_MIME]: this.checks.map(toJson) };
  }

  #grid(): Grid {
    const held = this.checks.filter(({ holds }) => holds).length;
    const noisy = this.checks.some(({ error }) => error !== undefined);
    const notes = [this.note, noisy ? NOISE : undefined].filter((one) => one !== undefined);
    return {
      caption: `${this.title}: ${held} of ${this.checks.length} hold`,
      columns: [
        { head: "Claim", numeric: false },
        { head: "Parameters", numeric: false },
        { head: "Bound", numeric: true },
        { head: "Measured", numeric: true },
        { head: "Holds?", numeric: false },
      ],
      rows: this.checks.map(({ claim, parameters, relation, bound, measured, error, holds }) => ({
        cells: [
          claim,
          parameters,
          `${relation === undefined ? "" : `${SIGNS[relation]} `}${formatNumber(bound)}`,
          formatMeasured(measured, error),
          holds ? "✓\u00a0holds" : "✗\u00a0fails",
        ],
        emphasis: !holds,
      })),
      ...(notes.length > 0 && { note: notes.join(" ") }),
    };
  }
}

/** JSON knows no NaN or infinity; null says that the number is missing. */
function toJson(check: Check): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(check).map(([key, value]) => [
      key,
      typeof value === "number" && !Number.isFinite(value) ? null : value,
    ]),
  );
}
