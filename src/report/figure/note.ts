import { refuseUnknown } from "../../options.js";
import { annotationPlace } from "./axis.js";
import type { Axis } from "./axis.js";
import type { Digits } from "./digits.js";
import { COLORS } from "./style.js";

/** A remark at a point of the figure, with an arrow to it. */
export interface Note {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  /** Where the text stands, in pixels from the point; default 40 to the right, 40 up. */
  readonly offset?: readonly [right: number, up: number];
}

/** The remark as Plotly wants it. @throws RangeError for what it has besides */
export function annotation(note: Note, xAxis: Axis, yAxis: Axis, digits: Digits): Record<string, unknown> {
  refuseUnknown("lines: note", note, ["x", "y", "text", "offset"]);
  const { x, y, text, offset: [right, up] = [40, 40] } = note;
  return {
    xref: "x",
    yref: "y",
    x: annotationPlace(x, xAxis, digits.x),
    y: annotationPlace(y, yAxis, digits.y),
    text,
    ax: right,
    ay: -up,
    xanchor: right < 0 ? "right" : right > 0 ? "left" : "center",
    showarrow: true,
    arrowhead: 2,
    arrowwidth: 1,
    arrowcolor: COLORS.grey,
    font: { size: 12 },
    bgcolor: "rgba(255,255,255,0.8)",
  };
}
