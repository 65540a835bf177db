import { significant } from "../../show/number.js";
import { refuseUnknown } from "../../options.js";
import { annotationPlace, plotlyAxis } from "./axis.js";
import type { Axis } from "./axis.js";
import type { Figure } from "./figure.js";
import { COLORS, SERIES, TEMPLATE, titled } from "./style.js";
import type { ColorName } from "./style.js";

/** One curve, or one set of points. */
export interface Series {
  readonly name: string;
  readonly x: readonly number[];
  /** null leaves a gap. */
  readonly y: readonly (number | null)[];
  /** Half the length of each error bar (say in the title or name what it stands for). */
  readonly error?: readonly number[];
  /** A shaded band around the curve. */
  readonly band?: { readonly low: readonly number[]; readonly high: readonly number[] };
  /** "line" (default), "points", or "both"; with error bars the default is "points". */
  readonly as?: "line" | "points" | "both";
  /** Default: the next of the series' looks. */
  readonly color?: ColorName;
  /** Default: the next of the series' looks. */
  readonly dash?: "solid" | "dash" | "dot" | "dashdot" | "longdash" | "longdashdot";
}

/** A thin line across the figure at one value of x or of y. */
export interface Reference {
  readonly x?: number;
  readonly y?: number;
  readonly label?: string;
}

/** A remark at a point of the figure, with an arrow to it. */
export interface Note {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  /** Where the text stands, in pixels from the point; default 40 to the right, 40 up. */
  readonly offset?: readonly [right: number, up: number];
}

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

/** More points than this are drawn small and see-through. */
const CROWD = 60;

const SERIES_OPTIONS = ["name", "x", "y", "error", "band", "as", "color", "dash"];

/**
 * A figure of curves and points over x. Numbers keep five significant digits.
 *
 * @throws RangeError for an unknown option, or series whose x, y, error and band differ in length.
 */
export function lines(options: LinesOptions): Figure {
  refuseUnknown("lines", options, ["title", "detail", "x", "y", "series", "references", "notes", "height"]);
  const { title, detail, x, y, series, references = [], notes = [], height = 440 } = options;
  const shapes = references.map(referenceShape);
  return {
    data: series.flatMap((one, at) => traces(one, at)),
    layout: {
      template: TEMPLATE,
      ...titled(title, detail),
      height,
      xaxis: plotlyAxis("lines", x),
      yaxis: plotlyAxis("lines", y),
      showlegend: series.length > 1,
      ...(shapes.length > 0 && { shapes }),
      ...(notes.length > 0 && { annotations: notes.map((note) => annotation(note, x, y)) }),
    },
  };
}

function traces(series: Series, at: number): Record<string, unknown>[] {
  refuseUnknown(`lines: series "${series.name}"`, series, SERIES_OPTIONS);
  const { name, x, y, error, band } = series;
  for (const [part, values] of Object.entries({ y, error, low: band?.low, high: band?.high })) {
    if (values && values.length !== x.length) {
      throw new RangeError(`lines: series "${name}" has ${x.length} values of x but ${values.length} of ${part}`);
    }
  }
  const look = SERIES[at % SERIES.length] ?? SERIES[0];
  const color = COLORS[series.color ?? look.color];
  const as = series.as ?? (error ? "points" : "line");
  const trace = {
    type: "scatter",
    name,
    legendgroup: name,
    x: x.map((value) => significant(value)),
    y: y.map((value) => (value === null ? null : significant(value))),
    mode: { line: "lines", points: "markers", both: "lines+markers" }[as],
    ...(as !== "points" && { line: { color, width: 2.25, dash: series.dash ?? look.dash } }),
    ...(as !== "line" && {
      marker: { color, symbol: look.marker, ...(x.length > CROWD ? { size: 5, opacity: 0.6 } : { size: 8 }) },
    }),
    ...(error && { error_y: { array: error.map((value) => significant(value, 3)), color, thickness: 1.5, width: 4 } }),
  };
  if (!band) return [trace];
  const edge = {
    type: "scatter",
    mode: "lines",
    line: { width: 0 },
    x: trace.x,
    legendgroup: name,
    showlegend: false,
    hoverinfo: "skip",
  };
  return [
    { ...edge, y: band.low.map((value) => significant(value)) },
    { ...edge, y: band.high.map((value) => significant(value)), fill: "tonexty", fillcolor: `${color}33` },
    trace,
  ];
}

function referenceShape({ x, y, label }: Reference): Record<string, unknown> {
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

function annotation(
  { x, y, text, offset: [right, up] = [40, 40] }: Note,
  xAxis: Axis,
  yAxis: Axis,
): Record<string, unknown> {
  return {
    xref: "x",
    yref: "y",
    x: annotationPlace(x, xAxis),
    y: annotationPlace(y, yAxis),
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
