import { refuseUnknown } from "../../options.js";
import { COLORS } from "./style.js";

/** A thin line across the figure at one value of x or of y. */
export interface Reference {
  readonly x?: number;
  readonly y?: number;
  readonly label?: string;
}

/** The line as Plotly wants it. @throws RangeError unless it has one of x and y, or for what it has besides */
export function referenceShape(reference: Reference): Record<string, unknown> {
  refuseUnknown("lines: reference line", reference, ["x", "y", "label"]);
  const { x, y, label } = reference;
  if ((x === undefined) === (y === undefined)) throw new RangeError("lines: a reference line needs either x or y");
  const ends =
    x === undefined
      ? { xref: "x domain", x0: 0, x1: 1, yref: "y", y0: y, y1: y }
      : { xref: "x", x0: x, x1: x, yref: "y domain", y0: 0, y1: 1 };
  return {
    type: "line",
    ...ends,
    line: { color: COLORS.grey, width: 1.25, dash: "dot" },
    ...(label !== undefined && {
      label: {
        text: label,
        textposition: x === undefined ? "end" : "start",
        font: { size: 12, color: COLORS.grey },
        ...(x !== undefined && { textangle: 0, xanchor: "left", yanchor: "bottom" }),
      },
    }),
  };
}
