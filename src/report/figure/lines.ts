import { refuseUnknown } from "../../options.js";
import { plotlyAxis } from "./axis.js";
import type { Axis } from "./axis.js";
import { digitsOn } from "./digits.js";
import type { Figure } from "./figure.js";
import { annotation } from "./note.js";
import type { Note } from "./note.js";
import { referenceShape } from "./reference.js";
import type { Reference } from "./reference.js";
import { traces } from "./series.js";
import type { Series } from "./series.js";
import { TEMPLATE, titled } from "./style.js";

/** Options of `lines`. */
export interface LinesOptions {
  /** The finding: "The bound is 30 times too careful at δ = 0.5". */
  readonly title: string;
  /** A line below it: what was held fixed, how many trials. */
  readonly detail?: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
  readonly references?: readonly Reference[];
  readonly notes?: readonly Note[];
  /** Pixels (default 440). */
  readonly height?: number;
}

/**
 * A figure of curves and points over x. Numbers keep five significant digits, and more where the axis shows them.
 *
 * @throws RangeError for an unknown option or look of a series, series whose x, y, error and band differ in length, or errors that
 *   are not finite numbers >= 0.
 */
export function lines(options: LinesOptions): Figure {
  refuseUnknown("lines", options, ["title", "detail", "x", "y", "series", "references", "notes", "height"]);
  const { title, detail, x, y, series, references = [], notes = [], height = 440 } = options;
  const shapes = references.map(referenceShape);
  const valuesOf = (name: "x" | "y"): readonly (number | null)[] => series.flatMap((one) => one[name]);
  const digits = { x: digitsOn(valuesOf("x"), 5, x.range), y: digitsOn(valuesOf("y"), 5, y.range) };
  return {
    data: series.flatMap((one, at) => traces(one, at, y, digits)),
    layout: {
      template: TEMPLATE,
      ...titled(title, detail),
      height,
      xaxis: plotlyAxis("lines", x, valuesOf("x")),
      yaxis: plotlyAxis("lines", y, valuesOf("y")),
      showlegend: series.length > 1,
      ...(shapes.length > 0 && { shapes }),
      ...(notes.length > 0 && { annotations: notes.map((note) => annotation(note, x, y, digits)) }),
    },
  };
}
