import { refuseUnknown } from "../../options.js";
import { significant } from "../../show/number.js";
import { plotlyAxis } from "./axis.js";
import type { Axis } from "./axis.js";
import type { Figure } from "./figure.js";
import { excludes, refuseEffect } from "./effect.js";
import type { Effect } from "./effect.js";
import { laidOut, LINE, GAP } from "./effect-rows.js";
import type { EffectRow } from "./effect-rows.js";
import { COLORS, TEMPLATE, titled } from "./style.js";

type Json = Record<string, unknown>;

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

/**
 * Effects as points with intervals, against no effect: squares where the interval lies right of it, diamonds where it lies left,
 * rings where it holds it, crosses where none is known. Each has its name and numbers above, so that they can be read on a phone.
 *
 * @throws RangeError for an unknown option, no effect, or an effect whose mean, interval or n is no such thing.
 */
export function forest(options: ForestOptions): Figure {
  refuseUnknown("forest", options, ["title", "detail", "x", "effects", "reference", "sides", "decimals"]);
  const { title, detail, x, effects, reference = 0, sides, decimals = 1 } = options;
  if (effects.length === 0) throw new RangeError("forest: expected one or more effects, found none");
  if (x.log === true)
    throw new RangeError("forest: differences may be below 0; expected an axis that is not logarithmic");
  effects.forEach(refuseEffect);
  const { rows, height } = laidOut(effects, sides ? LINE + GAP : GAP, decimals);
  const head = titled(title, detail);
  head.margin = { ...head.margin, l: 12, r: 12, b: 50 };
  const sure = rows.filter(({ effect }) => excludes(effect, reference));
  const [above, below] = [true, false].map((side) => sure.filter(({ effect: { mean } }) => mean > reference === side));
  const unsure = rows.filter(({ effect }) => effect.interval && !excludes(effect, reference));
  const alone = rows.filter(({ effect }) => !effect.interval);
  return {
    data: [
      ...trace(above!, { symbol: "square", color: COLORS.blue }),
      ...trace(below!, { symbol: "diamond", color: COLORS.vermilion }),
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
          line: { color: "#888888", width: 1.25 },
        },
      ],
      annotations: [
        ...(sides ? [side(`← ${sides[0]}`, "left"), side(`${sides[1]} →`, "right")] : []),
        ...rows.flatMap(({ texts }) => texts),
      ],
    },
  };
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

/** Effects of one look; intervals where they are known. */
function trace(rows: readonly EffectRow[], marker: Json): Json[] {
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

/** Everything, and a tenth more at either end. */
function rangeOf(effects: readonly Effect[], reference: number): [number, number] {
  const values = [reference, ...effects.flatMap(({ mean, interval = [mean, mean] }) => [mean, ...interval])];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const margin = (high - low || 1) / 10;
  return [significant(low - margin), significant(high + margin)];
}
