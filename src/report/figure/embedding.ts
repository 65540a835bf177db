import { refuseUnknown } from "../../options.js";
import { refuseMap, rounding } from "./embedding-map.js";
import type { EmbeddingMap } from "./embedding-map.js";
import type { Figure } from "./figure.js";
import { COLUMN_GAP, panelTitle, stacked } from "./panel.js";
import { plainText } from "./plain-text.js";
import { CLASS_COLORS, COLORS, TEMPLATE, titled } from "./style.js";

type Json = Record<string, unknown>;

/** Options of `embedding`. */
export interface EmbeddingOptions {
  /** The finding. */
  readonly title: string;
  /** A line below it. */
  readonly detail?: string;
  /** Names of the classes, in label order. Colours repeat after ten. */
  readonly classes: readonly string[];
  /** One map, or two: without and with. */
  readonly maps: readonly [EmbeddingMap] | readonly [EmbeddingMap, EmbeddingMap];
  /** Maps side by side (default 2, as in the paper), or below each other (1), which shows more of them on a phone. */
  readonly columns?: 1 | 2;
  /** Pixels of a map (default 280). */
  readonly height?: number;
}

/** More classes than this get no names, in the map or in the legend. */
const MOST_NAMES = 20;

/** Dots, rings and specks: they tell apart in grey, and are circles, of which a picture holds thousands in little space. */
const dot = (color: string, size: number): Json => ({ color, size });
const ring = (color: string, size: number): Json => ({ color: "#ffffff", size, line: { color, width: 1.5 } });

/**
 * Maps of points, as t-SNE draws them: classes by colour and name, training points as dots, test points as rings, unlabeled
 * ones as black specks. Positions have no unit, so axes have no numbers. Only what lies near what means something.
 *
 * @throws RangeError for an unknown option, numbers of positions and labels that do not match, or a label that is no class.
 */
export function embedding(options: EmbeddingOptions): Figure {
  refuseUnknown("embedding", options, ["title", "detail", "classes", "maps", "columns", "height"]);
  const { title, detail, maps, columns = 2, height = 280 } = options;
  if (maps.length < 1 || maps.length > 2) throw new RangeError(`embedding: expected one or two maps, found ${(maps as readonly unknown[]).length}`); // prettier-ignore
  if (columns !== 1 && columns !== 2)
    throw new RangeError(`embedding: columns must be 1 or 2 (got ${String(columns)})`);
  const classes = options.classes.map(plainText);
  for (const map of maps) refuseMap(map, classes.length);
  const head = titled(title, detail);
  const named = classes.length > MOST_NAMES ? [] : classes;
  // Some six entries of the legend stand in a line, fewer of long names.
  head.margin = { t: head.margin.t + 22, r: 10, b: 24 + 20 * Math.ceil((3 + named.length) / 5), l: 10 };
  const isBeside = maps.length > 1 && columns === 2;
  const rows = stacked(isBeside ? [height] : maps.map(() => height), 34);
  const width = isBeside ? (1 - COLUMN_GAP / 2) / 2 : 1;
  const starts = maps.map((_, at) => (isBeside && at > 0 ? 1 - width : 0));
  const heights = maps.map((_, at) => rows.domains[isBeside ? 0 : at]!);
  const axis = { showticklabels: false, ticks: "", showgrid: false, mirror: true, automargin: false };
  const kinds = maps.map(({ train, test, unlabeled = 0 }) => ({ train: train.length, test: test.length, unlabeled }));
  return {
    data: [...maps.flatMap((map, at) => points(map, classes, at)), ...key(kinds, named)],
    layout: {
      template: TEMPLATE,
      ...head,
      height: head.margin.t + rows.height + head.margin.b,
      showlegend: true,
      ...maps.reduce<Json>((axes, _, at) => {
        const [x, y] = [`x${suffix(at)}`, `y${suffix(at)}`];
        return {
          ...axes,
          [`xaxis${suffix(at)}`]: { ...axis, domain: [starts[at], starts[at]! + width], anchor: y },
          [`yaxis${suffix(at)}`]: { ...axis, domain: heights[at], anchor: x, scaleanchor: x },
        };
      }, {}),
      annotations: maps.flatMap((map, at) => [
        ...(maps.length > 1 || map.name !== "" ? [panelTitle(map.name, starts[at]!, heights[at]![1])] : []),
        ...names(map, named, at),
      ]),
    },
  };
}

function suffix(at: number): string {
  return at === 0 ? "" : String(at + 1);
}

/** One trace for each kind of point that there is, the unlabeled ones below. */
function points(map: EmbeddingMap, classes: readonly string[], at: number): Json[] {
  const { positions, train, test, unlabeled = 0 } = map;
  const round = rounding(positions);
  const trace = (indices: readonly number[], marker: Json, hover: string): Json[] =>
    indices.length === 0
      ? []
      : [
          {
            ...{ type: "scatter", mode: "markers", showlegend: false, hovertemplate: `${hover}<extra></extra>` },
            ...{ xaxis: `x${suffix(at)}`, yaxis: `y${suffix(at)}` },
            x: indices.map((i) => round(positions[2 * i]!)),
            y: indices.map((i) => round(positions[2 * i + 1]!)),
            marker,
          },
        ];
  const of = (labels: ArrayLike<number>, c: number, from: number): number[] =>
    Array.from(labels).flatMap((label, i) => (label === c ? [from + i] : []));
  const labeled = train.length + test.length;
  const rest = Array.from({ length: unlabeled }, (_, i) => labeled + i);
  return [
    ...trace(rest, dot(COLORS.black, 3), "unlabelled"),
    ...classes.flatMap((name, c) => trace(of(train, c, 0), dot(colorOf(c), 5), `${name}, train`)),
    ...classes.flatMap((name, c) => trace(of(test, c, train.length), ring(colorOf(c), 5), `${name}, test`)),
  ];
}

function colorOf(c: number): string {
  return CLASS_COLORS[c % CLASS_COLORS.length]!;
}

/** What shapes and colours are: entries of the legend without points. */
function key(kinds: readonly Record<"train" | "test" | "unlabeled", number>[], named: readonly string[]): Json[] {
  const entry = (name: string, marker: Json): Json => ({
    ...{ type: "scatter", mode: "markers", name, x: [null], y: [null], marker, hoverinfo: "skip" },
  });
  const has = (kind: "train" | "test" | "unlabeled"): boolean => kinds.some((one) => one[kind] > 0);
  return [
    ...(has("train") ? [entry("train", dot(COLORS.grey, 8))] : []),
    ...(has("test") ? [entry("test", ring(COLORS.grey, 8))] : []),
    ...(has("unlabeled") ? [entry("unlabelled", dot(COLORS.black, 5))] : []),
    ...named.map((name, c) => entry(name, dot(colorOf(c), 8))),
  ];
}

/** Each class's name at the median of its points. */
function names({ positions, train, test }: EmbeddingMap, classes: readonly string[], at: number): Json[] {
  const labels = [...Array.from(train), ...Array.from(test)];
  const round = rounding(positions);
  return classes.flatMap((text, c) => {
    const own = labels.flatMap((label, i) => (label === c ? [i] : []));
    if (own.length === 0) return [];
    const median = (part: 0 | 1): number => own.map((i) => positions[2 * i + part]!).sort((a, b) => a - b)[Math.floor(own.length / 2)]!; // prettier-ignore
    const place = { xref: `x${suffix(at)}`, yref: `y${suffix(at)}`, x: round(median(0)), y: round(median(1)) };
    return [{ ...place, text, showarrow: false, font: { size: 10 }, bgcolor: "rgba(255,255,255,0.7)", borderpad: 0 }];
  });
}
