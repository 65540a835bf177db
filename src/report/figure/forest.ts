import { refuseUnknown } from "../../options.js";
import { significant } from "../../show/number.js";
import { plotlyAxis } from "./axis.js";
import type { Axis } from "./axis.js";
import type { Figure } from "./figure.js";
import { COLORS, TEMPLATE, titled, wrap } from "./style.js";

type Json = Record<string, unknown>;

/** One effect: the mean of differences, and how sure it is. */
export interface Effect {
  /** The claim in few words. */
  readonly name: string;
  readonly mean: number;
  /** Ends of its interval; without them there is a point only. */
  readonly interval?: readonly [low: number, high: number];
  /** How many differences the mean is of: pairs of runs. */
  readonly n: number;
  /** A heading above, over all neighbours of the same group. */
  readonly group?: string;
}

/** Options of `forest`. */
export interface ForestOptions {
  /** The finding. */
  readonly title: string;
  /** A line below it: what the intervals are ("95 % intervals, Student's t"). */
  readonly detail?: string;
  /** "error with SSP − without, points". Not logarithmic. */
  readonly x: Axis;
  /** From the top. */
  readonly effects: readonly Effect[];
  /** Where there is no effect (default 0). */
  readonly reference?: number;
  /** What it means to lie left and right of it: ["SSP is better", "SSP is worse"]. Default none. */
  readonly sides?: readonly [left: string, right: string];
  /** Of the numbers that are written out (default 1). */
  readonly decimals?: number;
}

/** Pixels: a line of text, the room of a point, and between two effects. */
const LINE = 16;
const POINT = 14;
const GAP = 12;

const NAME_WIDTH = 50;

/**
 * Effects as points with intervals, against no effect: squares where the interval leaves it out, rings where it does not,
 * crosses where none is known. Each has its name and numbers above, so that they can be read on a phone.
 *
 * @throws RangeError for an unknown option, no effect, or an effect whose mean, interval or n is no such thing.
 */
export function forest(options: ForestOptions): Figure {
  refuseUnknown("forest", options, ["title", "detail", "x", "effects", "reference", "sides", "decimals"]);
  const { title, detail, x, effects, reference = 0, sides, decimals = 1 } = options;
  if (effects.length === 0) throw new RangeError("forest: expected one or more effects, found none");
  if (x.log === true)
    throw new RangeError("forest: differences may be below 0; expected an axis that is not logarithmic");
  effects.forEach(refuse);
  const { rows, height } = laidOut(effects, sides ? LINE + GAP : GAP, decimals);
  const head = titled(title, detail);
  head.margin = { ...head.margin, l: 12, r: 12, b: 50 };
  const sure = rows.filter(({ effect }) => excludes(effect, reference));
  const unsure = rows.filter(({ effect }) => effect.interval && !excludes(effect, reference));
  const alone = rows.filter(({ effect }) => !effect.interval);
  return {
    data: [
      ...trace(sure, { symbol: "square", color: COLORS.blue }),
      ...trace(unsure, { symbol: "circle-open", color: COLORS.grey }),
      ...trace(alone, { symbol: "x-thin-open", color: COLORS.grey, line: { width: 2 } }),
    ],
    layout: {
      template: TEMPLATE,
      ...head,
      height: head.margin.t + height + head.margin.b,
      showlegend: false,
      xaxis: plotlyAxis("forest", { range: rangeOf(effects, reference), ...x }),
      yaxis: { visible: false, range: [-height, 0], fixedrange: true },
      shapes: [
        {
          ...{ type: "line", xref: "x", x0: reference, x1: reference, yref: "paper", y0: 0, y1: 1, layer: "below" },
          line: { color: INK_LINE, width: 1.25 },
        },
      ],
      annotations: [
        ...(sides ? [side(`← ${sides[0]}`, "left"), side(`${sides[1]} →`, "right")] : []),
        ...rows.flatMap(({ texts }) => texts),
      ],
    },
  };
}

const INK_LINE = "#888888";

interface Row {
  readonly effect: Effect;
  /** Of the point, below the top; negative. */
  readonly y: number;
  readonly texts: readonly Json[];
}

/** From the top down, one unit of y a pixel. */
function laidOut(effects: readonly Effect[], top: number, decimals: number): { rows: Row[]; height: number } {
  let at = top;
  const rows = effects.map((effect, index): Row => {
    const texts: Json[] = [];
    const write = (text: string, more: Json = {}): void => {
      texts.push(label(text, -at, more));
      at += LINE;
    };
    if (effect.group !== undefined && effect.group !== effects[index - 1]?.group) write(`<b>${effect.group}</b>`);
    for (const line of wrap(effect.name, NAME_WIDTH)) write(line);
    write(numbers(effect, decimals), { font: { size: 11, color: "#555555" } });
    const y = -(at + POINT / 2);
    at += POINT + GAP;
    return { effect, y, texts };
  });
  return { rows, height: at };
}

function label(text: string, y: number, more: Json): Json {
  const place = { xref: "paper", x: 0, xanchor: "left", yref: "y", y, yanchor: "top", align: "left", borderpad: 0 };
  return { ...place, text, showarrow: false, font: { size: 12 }, bgcolor: "rgba(255,255,255,0.85)", ...more };
}

function side(text: string, end: "left" | "right"): Json {
  const place = {
    xref: "paper",
    x: end === "left" ? 0 : 1,
    xanchor: end,
    yref: "y",
    y: 0,
    yanchor: "top",
    borderpad: 0,
  };
  return { ...place, text, showarrow: false, font: { size: 12, color: "#555555" } };
}

/** "−1.3 [−2.0, −0.6], n = 5". */
function numbers({ mean, interval, n }: Effect, decimals: number): string {
  const written = (value: number): string =>
    value
      .toFixed(decimals)
      .replace(/^-(?=.*[1-9])/, "−")
      .replace(/^-/, "");
  const ends = interval ? ` [${interval.map(written).join(", ")}]` : "";
  return `${written(mean)}${ends}, n = ${n}`;
}

/** Effects of one look; intervals where they are known. */
function trace(rows: readonly Row[], marker: Json): Json[] {
  if (rows.length === 0) return [];
  const ends = rows.flatMap(({ effect: { mean, interval } }) => (interval ? [[mean, ...interval] as const] : []));
  return [
    {
      ...{ type: "scatter", mode: "markers", hovertemplate: "%{text}<extra></extra>", cliponaxis: false },
      x: rows.map(({ effect }) => significant(effect.mean)),
      y: rows.map(({ y }) => y),
      text: rows.map(({ effect }) => effect.name),
      marker: { ...marker, size: 9 },
      ...(ends.length > 0 && {
        error_x: {
          ...{ symmetric: false, color: marker.color, thickness: 2, width: 4 },
          array: ends.map(([mean, , high]) => significant(high - mean)),
          arrayminus: ends.map(([mean, low]) => significant(mean - low)),
        },
      }),
    },
  ];
}

function excludes({ interval }: Effect, reference: number): boolean {
  return interval !== undefined && (interval[0] > reference || interval[1] < reference);
}

/** Everything, and a tenth more at either end. */
function rangeOf(effects: readonly Effect[], reference: number): [number, number] {
  const values = [reference, ...effects.flatMap(({ mean, interval = [mean, mean] }) => [mean, ...interval])];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const margin = (high - low || 1) / 10;
  return [significant(low - margin), significant(high + margin)];
}

function refuse({ name, mean, interval, n }: Effect): void {
  const caller = `forest: "${name}"`;
  if (!Number.isFinite(mean)) throw new RangeError(`${caller}: expected a finite mean, found ${mean}`);
  if (!(Number.isInteger(n) && n >= 1)) throw new RangeError(`${caller}: expected n to be an integer >= 1, found ${n}`);
  if (
    interval &&
    !(Number.isFinite(interval[0]) && interval[0] <= mean && mean <= interval[1] && interval[1] < Infinity)
  ) {
    throw new RangeError(`${caller}: expected an interval around ${mean}, found ${interval.join(" to ")}`);
  }
}
