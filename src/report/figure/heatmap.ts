import { formatNumber, powerOfTen, significant } from "../../show/number.js";
import { check, oneOf, optional, refuseUnknown } from "../../options.js";
import { annotationPlace, plotlyAxis } from "./axis.js";
import type { Axis } from "./axis.js";
import { digitsOn, type Digits } from "./digits.js";
import type { Figure } from "./figure.js";
import { levelLabel, levelLine } from "./level.js";
import type { ColorMap } from "./level.js";
import { DIVERGING, SEQUENTIAL, TEMPLATE, titled } from "./style.js";

/** An axis of a heat map and the values that its columns (or rows) stand for. */
export interface MapAxis extends Axis {
  readonly values: readonly number[];
}

/** Options of `heatmap`. */
export interface HeatmapOptions {
  /** The finding. */
  readonly title: string;
  /** A line below it: what was held fixed. */
  readonly detail?: string;
  readonly x: MapAxis;
  readonly y: MapAxis;
  /** z[row][column]: one row for each of y's values, one column for each of x's; null leaves a hole. */
  readonly z: readonly (readonly (number | null)[])[];
  /** What the colours stand for. */
  readonly zTitle: string;
  /** "linear" (default), "log" (colours by powers of ten; values <= 0 are holes), or "diverging" around 0. */
  readonly scale?: "linear" | "log" | "diverging";
  /** Values at the two ends of the colours; beyond them the end's colour. Default: smallest and largest value. */
  readonly range?: readonly [low: number, high: number];
  /** Where level lines are drawn; default none. */
  readonly levels?: readonly { readonly at: number; readonly label?: string }[];
  /** Pixels (default 460). */
  readonly height?: number;
}

const OPTIONS = ["title", "detail", "x", "y", "z", "zTitle", "scale", "range", "levels", "height"];

/**
 * A map of colours over two variables, with level lines. Numbers keep four significant digits, places on the axes five, and more
 * where axes or colours show them.
 *
 * @throws RangeError for an unknown option or scale, or when z does not have one row a y and one column an x.
 */
export function heatmap(options: HeatmapOptions): Figure {
  refuseUnknown("heatmap", options, OPTIONS);
  check("heatmap", { scale: options.scale }, { scale: optional(oneOf("linear", "log", "diverging")) });
  const { title, detail, x, y, zTitle, scale = "linear", levels = [], height = 460 } = options;
  refuseRagged(options);
  const toned = (value: number): number => (scale === "log" ? Math.log10(value) : value);
  const z = options.z.map((row) => row.map((v) => (v === null || (scale === "log" && v <= 0) ? null : toned(v))));
  const digits = digitsOn(z.flat(), 4, options.range?.map(toned));
  const tone = (value: number): number => significant(toned(value), digits);
  const kept: Digits = { x: digitsOn(x.values, 5, x.range), y: digitsOn(y.values, 5, y.range) };
  const map: ColorMap = {
    x: x.values.map((value) => significant(value, kept.x)),
    y: y.values.map((value) => significant(value, kept.y)),
    z: z.map((row) => row.map((v) => (v === null ? null : significant(v, digits)))),
  };
  const [low, high] = colorRange(map, scale, options.range?.map(tone));
  const { values: _x, ...xAxis } = x;
  const { values: _y, ...yAxis } = y;
  return {
    data: [
      {
        type: "heatmap",
        ...map,
        zmin: low,
        zmax: high,
        colorscale: scale === "diverging" ? DIVERGING : SEQUENTIAL,
        colorbar: {
          title: { text: zTitle, side: "right", font: { size: 13 } },
          thickness: 16,
          outlinewidth: 0,
          ...(scale === "log" && decadeTicks(low, high)),
        },
        hovertemplate: `${x.title}: %{x}<br>${y.title}: %{y}<br>${zTitle}: ${scale === "log" ? "10^" : ""}%{z}<extra></extra>`,
      },
      ...levels.map(({ at }) => levelLine(map, tone(at))),
    ],
    layout: {
      template: TEMPLATE,
      ...titled(title, detail),
      height,
      xaxis: plotlyAxis("heatmap", xAxis),
      yaxis: plotlyAxis("heatmap", yAxis),
      annotations: levels.flatMap(({ at, label = levelName(at) }) =>
        levelLabel(map, tone(at), label, kept).map((mark) => ({
          ...mark,
          x: annotationPlace(mark.x, x, kept.x),
          y: annotationPlace(mark.y, y, kept.y),
        })),
      ),
    },
  };
}

function refuseRagged({ x, y, z }: HeatmapOptions): void {
  const expected = `heatmap: expected ${y.values.length} rows of ${x.values.length} values`;
  if (z.length !== y.values.length) throw new RangeError(`${expected}, got ${z.length} rows`);
  z.forEach((row, at) => {
    if (row.length !== x.values.length) throw new RangeError(`${expected}, row ${at} has ${row.length}`);
  });
}

/** The values at the ends of the colours. */
function colorRange({ z }: ColorMap, scale: HeatmapOptions["scale"], wanted?: readonly number[]): [number, number] {
  const isPresent = (value: number | null): value is number => value !== null && Number.isFinite(value);
  // Row by row: a large map has more cells than a call may have arguments.
  const rows = z.map((row) => row.filter(isPresent)).filter((row) => row.length > 0);
  const ends = [Math.min(...rows.map((row) => Math.min(...row))), Math.max(...rows.map((row) => Math.max(...row)))];
  const [low = 0, high = 1] = wanted ?? (rows.length > 0 ? ends : []);
  if (scale !== "diverging") return [low, high];
  const limit = Math.max(Math.abs(low), Math.abs(high));
  return [-limit, limit];
}

/** "0.95", "10⁻⁶". */
function levelName(at: number): string {
  return formatNumber(at).replace(/^1\u00a0×\u00a0/, "");
}

/** At most about eight powers of ten. */
function decadeTicks(low: number, high: number): Record<string, unknown> {
  const step = Math.max(1, Math.ceil((high - low) / 8));
  const exponents: number[] = [];
  for (let exponent = Math.floor(high); exponent >= low; exponent -= step) exponents.unshift(exponent);
  return { tickvals: exponents, ticktext: exponents.map(powerOfTen) };
}
