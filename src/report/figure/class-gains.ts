import { refuseUnknown } from "../../options.js";
import { formatCount, significant } from "../../show/number.js";
import type { Figure } from "./figure.js";
import { headToTail } from "./head-to-tail.js";
import { stacked } from "./panel.js";
import { spread } from "./spread.js";
import type { Spread } from "./spread.js";
import { refuseAccuracies } from "./accuracies.js";
import { plainText } from "./plain-text.js";
import { COLORS, INK, TEMPLATE, textWidth, titled } from "./style.js";

type Json = Record<string, unknown>;

/** Options of `classGains`. */
export interface ClassGainsOptions {
  /** The finding. */
  readonly title: string;
  /** A line below it. What the bars are is added to it. */
  readonly detail?: string;
  /** Names of the classes, in label order. */
  readonly classes: readonly string[];
  /** Training images of each class. */
  readonly images: readonly number[];
  /** Accuracy of each class (recall), shares in [0, 1], one row a run: `[matrix.perClass.map(({ recall }) => recall)]`. */
  readonly before: readonly (readonly (number | null)[])[];
  readonly after: readonly (readonly (number | null)[])[];
  /** What they are of. Default "before" and "after". */
  readonly names?: readonly [before: string, after: string];
}

/** More classes than this get no numbers; more than `MOST_NAMES` no names. */
const MOST_NUMBERS = 12;
const MOST_NAMES = 20;

/**
 * Accuracy of each class before and after, head to tail, over the number of its training images. With several runs: their
 * means, and one standard deviation either way.
 *
 * @throws RangeError for an unknown option, other than one number a class everywhere, or an accuracy outside [0, 1].
 */
export function classGains(options: ClassGainsOptions): Figure {
  refuseUnknown("classGains", options, ["title", "detail", "classes", "images", "before", "after", "names"]);
  const { title, detail, classes, images, before, after, names = ["before", "after"] } = options;
  const order = headToTail("classGains", images, classes.length);
  for (const [name, runs] of Object.entries({ before, after })) refuseAccuracies(name, runs, classes.length);
  const [first, second] = [before, after].map((runs) => spread("classGains", runs)) as [Spread, Spread];
  const x = order.map((_, rank) => rank + 1);
  const [few, named] = [classes.length <= MOST_NUMBERS, classes.length <= MOST_NAMES];
  const repeated = before.length > 1 || after.length > 1;
  // Side by side, so that one's bar does not hide the other's.
  const aside = repeated ? 0.13 : 0;
  const point = (of: Spread, name: string, away: number, look: Json): Json => ({
    ...{ type: "scatter", mode: "markers", name },
    x: x.map((rank) => significant(rank + away)),
    y: order.map((c) => rounded(of.mean[c]!)),
    marker: { ...look, size: few ? 9 : 5 },
    ...(of.deviation.some((value) => value !== null) && {
      error_y: {
        array: order.map((c) => rounded(of.deviation[c]!)),
        ...{ color: (look.line as Json).color, thickness: 1.25, width: few ? 3 : 0 },
      },
    }),
    hovertemplate: `${name}: %{text}: %{y:.1%}<extra></extra>`,
    text: order.map((c) => plainText(classes[c]!)),
  });
  const deviation = repeated ? "bars: one standard deviation over runs" : undefined;
  const below = [detail, deviation].filter((text) => text !== undefined).join("; ");
  const head = titled(title, below === "" ? undefined : below);
  const labels = named ? Math.max(...classes.map((name) => textWidth(name, 11))) + 10 : 20;
  head.margin.b = labels + 52;
  const rows = stacked([260, 80], 18);
  const axis = { range: [0.4, classes.length + 0.6], showgrid: false };
  return {
    data: [
      links(x, order, first, second, aside),
      point(first, names[0], -aside, {
        ...{ symbol: "circle", color: "#ffffff", line: { color: COLORS.vermilion, width: 2 } },
      }),
      point(second, names[1], aside, { symbol: "square", color: COLORS.blue, line: { color: COLORS.blue, width: 0 } }),
      ...(few ? [gains(x, order, first, second)] : []),
      {
        ...{ type: "bar", xaxis: "x2", yaxis: "y2", showlegend: false, marker: { color: "#b0b0b0" } },
        x,
        y: order.map((c) => images[c]!),
        ...(few && {
          ...{ text: order.map((c) => formatCount(images[c]!)), textposition: "outside", textangle: 0 },
          ...{ textfont: { size: 9, color: INK }, cliponaxis: false, constraintext: "none" },
        }),
        hovertemplate: "%{y} images<extra></extra>",
      },
    ],
    layout: {
      template: TEMPLATE,
      ...head,
      height: head.margin.t + rows.height + head.margin.b,
      showlegend: true,
      bargap: 0.3,
      xaxis: { ...axis, anchor: "y", showticklabels: false, ticks: "" },
      yaxis: {
        title: { text: "accuracy" },
        tickformat: ".0%",
        range: [-0.02, 1.08],
        domain: rows.domains[0],
        anchor: "x",
      },
      xaxis2: {
        ...axis,
        anchor: "y2",
        ...(named
          ? { tickvals: x, ticktext: order.map((c) => plainText(classes[c]!)), tickangle: -90, tickfont: { size: 11 } }
          : { title: { text: "classes, head to tail" } }),
      },
      yaxis2: {
        ...{ title: { text: "images" }, type: "log", dtick: 1, tickfont: { size: 10 } },
        ...{ domain: rows.domains[1], anchor: "x2", range: imageRange(images) },
      },
    },
  };
}

function rounded(value: number | null): number | null {
  return value === null ? null : significant(value, 3);
}

/** From before to after, class by class. */
function links(x: readonly number[], order: readonly number[], first: Spread, second: Spread, aside: number): Json {
  return {
    ...{ type: "scatter", mode: "lines", line: { color: "#c8c8c8", width: 3 }, showlegend: false, hoverinfo: "skip" },
    x: x.flatMap((rank) => [significant(rank - aside), significant(rank + aside), null]),
    y: order.flatMap((c) => [rounded(first.mean[c]!), rounded(second.mean[c]!), null]),
  };
}

/** "+12" above both and their bars, in points. */
function gains(x: readonly number[], order: readonly number[], first: Spread, second: Spread): Json {
  const known = order.map((c) => {
    const [from, to] = [first.mean[c]!, second.mean[c]!];
    if (from === null || to === null) return { y: null, text: "" };
    const top = Math.max(from + (first.deviation[c] ?? 0), to + (second.deviation[c] ?? 0));
    const points = Math.round(100 * (to - from));
    return { y: top + 0.015, text: `${points < 0 ? "−" : points > 0 ? "+" : "±"}${Math.abs(points)}` };
  });
  return {
    ...{ type: "scatter", mode: "text", textposition: "top center", textfont: { size: 11 } },
    ...{ showlegend: false, hoverinfo: "skip", cliponaxis: false },
    x,
    y: known.map(({ y }) => rounded(y)),
    text: known.map(({ text }) => text),
  };
}

/** Whole powers of ten around all numbers above 0, as exponents. */
function imageRange(images: readonly number[]): [number, number] {
  const present = images.filter((n) => n > 0).map(Math.log10);
  if (present.length === 0) return [0, 1];
  return [Math.ceil(Math.min(...present)) - 1, significant(Math.max(...present) + 0.5)];
}
