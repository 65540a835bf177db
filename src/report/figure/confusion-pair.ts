import { checkCounts } from "../../eval/confusion-counts.js";
import type { ConfusionCounts } from "../../eval/confusion-counts.js";
import { refuseUnknown } from "../../options.js";
import { significant } from "../../show/number.js";
import { COLUMN_GAP, panelTitle, stacked } from "./panel.js";
import type { Figure } from "./figure.js";
import { accuracy, pointsBetween, sharesOf } from "./confusion-shares.js";
import type { Shares } from "./confusion-shares.js";
import { headToTail } from "./head-to-tail.js";
import { plainText } from "./plain-text.js";
import { DIVERGING, INK, SEQUENTIAL, TEMPLATE, textWidth, titled } from "./style.js";

/** Options of `confusionPair`. */
export interface ConfusionPairOptions {
  /** The finding. */
  readonly title: string;
  /** A line below it. */
  readonly detail?: string;
  /** Two matrices of the same classes: a `ConfusionMatrix`, or its JSON. */
  readonly before: ConfusionCounts;
  readonly after: ConfusionCounts;
  /** What they are of. Default "before" and "after". */
  readonly names?: readonly [before: string, after: string];
  /** Training images of each class, in label order: classes then stand head to tail. Default: in label order. */
  readonly images?: readonly number[];
}

/** More classes than this get no numbers in their cells, and names at some of them only: on a phone there is no room. */
const MOST_NUMBERS = 12;

/** Pixels. */
const MAP = 190;
const BAR = 62;

/**
 * Two confusion matrices side by side, in shares of each true class (rows) and the same colours, and below them what the second
 * has more (+) or less (−), in points (hundredths of the true class). A class without test images is a hole.
 *
 * @throws RangeError for an unknown option, matrices of different classes, or images that are not one number >= 0 a class.
 * @throws TypeError for what is no confusion matrix.
 */
export function confusionPair(options: ConfusionPairOptions): Figure {
  refuseUnknown("confusionPair", options, ["title", "detail", "before", "after", "names", "images"]);
  const { title, detail, before, after, names = ["before", "after"] } = options;
  for (const matrix of [before, after]) checkCounts(matrix);
  const { classes } = before;
  if (JSON.stringify(classes) !== JSON.stringify(after.classes)) {
    throw new RangeError(
      `confusionPair: expected matrices of the same classes, found ${classes.join(", ")} and ${after.classes.join(", ")}`,
    );
  }
  const order = options.images ? headToTail("confusionPair", options.images, classes.length) : classes.map((_, c) => c);
  const ordered = order.map((c) => classes[c]!);
  const [first, second] = [before, after].map((matrix) => sharesOf(matrix, order)) as [Shares, Shares];
  const difference = pointsBetween(first, second);
  // A page may set names in a font that is wider than the measured one.
  const labels = 1.2 * Math.max(...ordered.map((name) => textWidth(name, 10))) + 12;
  const many = classes.length > MOST_NUMBERS;
  const rows = stacked([MAP, many ? 300 : Math.max(190, 24 * classes.length)], labels + BAR + 34);
  const head = titled(title, detail);
  head.margin.t += 40;
  head.margin.b = labels + BAR + 24;
  const left: [number, number] = [0, (1 - COLUMN_GAP) / 2];
  const right: [number, number] = [(1 + COLUMN_GAP) / 2, 1];
  const [top, bottom] = [rows.domains[0]!, rows.domains[1]!];
  const ticks = tickLabels(ordered);
  const axes = (at: string, x: readonly number[], y: readonly number[], more: { x?: object; y?: object } = {}) => ({
    [`xaxis${at}`]: { ...ticks, tickangle: -90, domain: x, anchor: `y${at}`, showgrid: false, ...more.x },
    [`yaxis${at}`]: { ...ticks, autorange: "reversed", domain: y, anchor: `x${at}`, showgrid: false, ...more.y },
  });
  // Row by row: a thousand classes have more cells than a call may have arguments.
  const most = Math.max(1, ...difference.map((row) => Math.max(...row.map((points) => Math.abs(points ?? 0)))));
  const rounded = (map: Shares): (number | null)[][] =>
    map.map((row) => row.map((value) => (value === null ? null : significant(value, 3))));
  const bar = (y: number, text: string, more: object): object => ({
    ...{ orientation: "h", x: 0.5, y, yanchor: "top", ypad: 0, len: 1, thickness: 10, outlinewidth: 0 },
    title: { text, side: "bottom", font: { size: 12 } },
    tickfont: { size: 11 },
    ...more,
  });
  const under = (pixels: number): number => significant(pixels / rows.height, 4);
  return {
    data: [
      {
        type: "heatmap",
        z: rounded(first),
        ...{ coloraxis: "coloraxis", xaxis: "x", yaxis: "y", hovertemplate: hover(names[0]) },
      },
      {
        type: "heatmap",
        z: rounded(second),
        ...{ coloraxis: "coloraxis", xaxis: "x2", yaxis: "y2", hovertemplate: hover(names[1]) },
      },
      {
        type: "heatmap",
        z: rounded(difference),
        ...{
          coloraxis: "coloraxis2",
          xaxis: "x3",
          yaxis: "y3",
          hovertemplate: "%{y} → %{x}: %{z} points<extra></extra>",
        },
      },
      ...(many ? [] : [numbers(difference, most)]),
    ],
    layout: {
      template: TEMPLATE,
      ...head,
      height: head.margin.t + rows.height + head.margin.b,
      showlegend: false,
      ...axes("", left, top, { y: { title: { text: "true class" } } }),
      ...axes("2", right, top, { y: { showticklabels: false } }),
      ...axes("3", [0, 1], bottom, { x: { title: { text: "taken for" } }, y: { title: { text: "true class" } } }),
      coloraxis: {
        ...{ cmin: 0, cmax: 1, colorscale: SEQUENTIAL },
        colorbar: bar(top[0] - under(labels), "share of the true class", { tickformat: ".0%", nticks: 6 }),
      },
      coloraxis2: {
        ...{ cmin: -most, cmax: most, colorscale: DIVERGING },
        colorbar: bar(-under(labels + 24), "points more or fewer", { nticks: 7 }),
      },
      annotations: [
        panelTitle(`${names[0]}<br>${accuracy(before)}`, left[0], top[1]),
        panelTitle(`${names[1]}<br>${accuracy(after)}`, right[0], top[1]),
        panelTitle(`${names[1]} − ${names[0]}`, 0, bottom[1]),
      ],
    },
  };
}

function hover(name: string): string {
  return `${name}: %{y} → %{x}: %{z:.1%}<extra></extra>`;
}

/** Names at all classes, or at so many that they can be read. */
function tickLabels(names: readonly string[]): object {
  const step = names.length > MOST_NUMBERS ? Math.ceil(names.length / 10) : 1;
  const shown = names.flatMap((_, c) => (c % step === 0 ? [c] : []));
  return { tickvals: shown, ticktext: shown.map((c) => plainText(names[c]!)), tickfont: { size: 10 }, ticklen: 2 };
}

/** Differences of a point or more, written into their cells. */
function numbers(difference: Shares, most: number): Record<string, unknown> {
  const cells = difference.flatMap((row, y) =>
    row.flatMap((points, x) => (points !== null && Math.abs(points) >= 0.5 ? [{ x, y, points }] : [])),
  );
  return {
    ...{ type: "scatter", mode: "text", xaxis: "x3", yaxis: "y3", hoverinfo: "skip" },
    x: cells.map(({ x }) => x),
    y: cells.map(({ y }) => y),
    text: cells.map(({ points }) => `${points < 0 ? "−" : "+"}${Math.round(Math.abs(points))}`),
    textfont: { size: 11, color: cells.map(({ points }) => (Math.abs(points) > 0.7 * most ? "#ffffff" : INK)) },
  };
}
