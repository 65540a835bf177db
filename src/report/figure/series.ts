import { significant } from "../../show/number.js";
import { check, oneOf, optional, refuseUnknown } from "../../options.js";
import type { Axis } from "./axis.js";
import type { Digits } from "./digits.js";
import { COLORS, SERIES } from "./style.js";
import type { ColorName } from "./style.js";

type Json = Record<string, unknown>;

/** One curve, or one set of points. */
export interface Series {
  readonly name: string;
  readonly x: readonly number[];
  /** null leaves a gap. */
  readonly y: readonly (number | null)[];
  /**
   * How far each y may be off, either way: one standard deviation over runs, unless the figure's detail says otherwise (a
   * standard error, for instance). Finite numbers >= 0, in units of y.
   */
  readonly error?: readonly number[];
  /** As "bars" with caps, or as a shaded "band", for curves of many points. Default: a band if `as` is "line",
   * else bars. */
  readonly errorAs?: "bars" | "band";
  /** A shaded band around the curve, from and to any values. */
  readonly band?: { readonly low: readonly number[]; readonly high: readonly number[] };
  /** "line", "points", or "both". Default "points" with error bars, else "line"; a line that has a lone point shows its points. */
  readonly as?: "line" | "points" | "both";
  /** Default: the next of the series' looks. */
  readonly color?: ColorName;
  /** Default: the next of the series' looks. */
  readonly dash?: "solid" | "dash" | "dot" | "dashdot" | "longdash" | "longdashdot";
}

/** More points than this are drawn small and see-through. */
const CROWD = 60;

const looks = {
  errorAs: optional(oneOf("bars", "band")),
  as: optional(oneOf("line", "points", "both")),
  color: optional(oneOf(...Object.keys(COLORS))),
  dash: optional(oneOf("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")),
};
const OPTIONS = ["name", "x", "y", "error", "errorAs", "band", "as", "color", "dash"];

/** The series as Plotly's traces; a band lies under its curve. */
export function traces(series: Series, at: number, yAxis: Axis, digits: Digits): Json[] {
  const { name, x, y, error, errorAs = series.as === "line" ? "band" : "bars" } = series;
  refuse(series, yAxis, errorAs);
  const look = lookOf(at);
  const color = COLORS[series.color ?? look.color];
  const asBand = error !== undefined && errorAs === "band";
  const wanted = series.as ?? (error && !asBand ? "points" : "line");
  const as = wanted === "line" && hasLonePoint(series) ? "both" : wanted;
  const trace = {
    type: "scatter",
    name,
    legendgroup: name,
    x: rounded(x, digits.x),
    y: rounded(y, digits.y),
    mode: { line: "lines", points: "markers", both: "lines+markers" }[as],
    ...(as !== "points" && { line: { color, width: 2.25, dash: series.dash ?? look.dash } }),
    ...(as !== "line" && {
      marker: { color, symbol: look.marker, ...(x.length > CROWD ? { size: 5, opacity: 0.6 } : { size: 8 }) },
    }),
    ...(error &&
      !asBand && { error_y: { array: error.map((value) => significant(value, 3)), color, thickness: 1.5, width: 4 } }),
  };
  const bands = [
    ...(series.band ? [series.band] : []),
    ...(asBand ? [{ low: moved(y, error, -1), high: moved(y, error, 1) }] : []),
  ];
  return [...bands.flatMap(({ low, high }) => bandTraces(name, x, low, high, color, digits)), trace];
}

/** After the last look the colours begin again, with the next one's dash and marker. */
function lookOf(at: number): Pick<(typeof SERIES)[number], "color" | "dash" | "marker"> {
  const { color } = SERIES[at % SERIES.length]!;
  const { dash, marker } = SERIES[(at + Math.floor(at / SERIES.length)) % SERIES.length]!;
  return { color, dash, marker };
}

/** Whether a point stands alone, between gaps: a line would not show it. */
function hasLonePoint({ x, y }: Series): boolean {
  const isThere = (at: number): boolean => Number.isFinite(x[at]) && Number.isFinite(y[at]);
  return x.some((_, at) => isThere(at) && !isThere(at - 1) && !isThere(at + 1));
}

function bandTraces(
  name: string,
  x: readonly number[],
  low: readonly (number | null)[],
  high: readonly (number | null)[],
  color: string,
  digits: Digits,
): Json[] {
  const edge = {
    type: "scatter",
    mode: "lines",
    line: { width: 0 },
    x: rounded(x, digits.x),
    legendgroup: name,
    showlegend: false,
    hoverinfo: "skip",
  };
  return [
    { ...edge, y: rounded(low, digits.y) },
    { ...edge, y: rounded(high, digits.y), fill: "tonexty", fillcolor: `${color}33` },
  ];
}

function rounded(values: readonly (number | null)[], digits: number): (number | null)[] {
  return values.map((value) => (value === null ? null : significant(value, digits)));
}

/** y ± error. */
function moved(y: Series["y"], error: readonly number[], sign: 1 | -1): (number | null)[] {
  return y.map((value, at) => (value === null ? null : value + sign * error[at]!));
}

function refuse(series: Series, { log = false }: Axis, errorAs: string): void {
  const { name, x, y, error, band } = series;
  const caller = `lines: series "${name}"`;
  refuseUnknown(caller, series, OPTIONS);
  const { as, color, dash } = series;
  check(caller, { errorAs: series.errorAs, as, color, dash }, looks);
  for (const [part, values] of Object.entries({ y, error, low: band?.low, high: band?.high })) {
    if (values && values.length !== x.length) {
      throw new RangeError(`${caller} has ${x.length} values of x but ${values.length} of ${part}`);
    }
  }
  const wrong = error?.findIndex((value, at) => y[at] !== null && !(value >= 0 && value < Infinity)) ?? -1;
  if (wrong >= 0) {
    throw new RangeError(`${caller}: expected errors that are finite numbers >= 0, found ${error![wrong]} at ${wrong}`);
  }
  if (!log || errorAs !== "band") return;
  const below = error?.findIndex((value, at) => y[at] !== null && !(y[at]! - value > 0)) ?? -1;
  if (below >= 0) {
    throw new RangeError(
      `${caller}: on a logarithmic axis a band must stay above 0, found ${y[below]} ± ${error![below]}; show errors as "bars"`,
    );
  }
}
