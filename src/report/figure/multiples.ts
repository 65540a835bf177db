import { refuseUnknown } from "../../options.js";
import type { Figure } from "./figure.js";
import { panelTitle } from "./panel.js";
import { TEMPLATE, titled } from "./style.js";

type Json = Record<string, unknown>;

/** Options of `multiples`. */
export interface MultiplesOptions {
  /** The finding that the panels show together. */
  readonly title: string;
  /** A line below it. */
  readonly detail?: string;
  /** Figures made by `lines` or `heatmap`, row by row; their titles, best a few words, stand above the panels. */
  readonly panels: readonly Figure[];
  /** Panels side by side (default 2: what a phone can still show). */
  readonly columns?: number;
  /** Pixels of one row of panels (default 300). */
  readonly rowHeight?: number;
}

const PANEL_TITLE = 22;

/** Between columns as a part of the width (more where colour bars stand there), between rows in pixels. */
const GAP = { x: 0.14, bar: 0.26, y: 90 };

/**
 * Several figures as panels of one. A series of the same name in several panels has one entry in the legend; an axis title
 * that all panels share stands only at the left and at the bottom; a colour bar that all share, at the right.
 *
 * @throws RangeError for an unknown option, no panel, or a column count that is not a whole number >= 1.
 */
export function multiples(options: MultiplesOptions): Figure {
  refuseUnknown("multiples", options, ["title", "detail", "panels", "columns", "rowHeight"]);
  const { title, detail, panels, rowHeight = 300 } = options;
  const columns = Math.min(options.columns ?? 2, panels.length);
  if (!Number.isInteger(columns) || columns < 1)
    throw new RangeError(`multiples: expected at least one panel and one column`);
  const rows = Math.ceil(panels.length / columns);
  const head = titled(title, detail);
  head.margin.t += PANEL_TITLE;
  const layout: Json = { template: TEMPLATE, ...head, height: rows * rowHeight + 120 };
  const isBarShared = panels.length % columns === 0 && shareBar(panels);
  const gapX = panels.some(hasBar) && !isBarShared ? GAP.bar : GAP.x;
  const data: Json[] = [];
  const shapes: Json[] = [];
  const annotations: Json[] = [];
  const named = new Set<unknown>();
  panels.forEach((panel, at) => {
    const number = at === 0 ? "" : String(at + 1);
    const [row, column] = [Math.floor(at / columns), at % columns];
    const x = span(column, columns, gapX);
    const y = span(rows - 1 - row, rows, GAP.y / (rows * rowHeight));
    const isLowest = at + columns >= panels.length;
    layout[`xaxis${number}`] = {
      ...axis(panel, "xaxis", isLowest || !sharedTitle(panels, "xaxis")),
      domain: x,
      anchor: `y${number}`,
    };
    layout[`yaxis${number}`] = {
      ...axis(panel, "yaxis", column === 0 || !sharedTitle(panels, "yaxis")),
      domain: y,
      anchor: `x${number}`,
    };
    shapes.push(...marks(panel.layout.shapes, number));
    annotations.push(panelTitle(titleOf(panel), x[0], y[1]), ...marks(panel.layout.annotations, number));
    for (const trace of panel.data) {
      data.push({
        ...trace,
        xaxis: `x${number}`,
        yaxis: `y${number}`,
        ...legend(trace, named),
        ...(isBarShared && column < columns - 1 ? { showscale: false } : colorbar(trace, x, y)),
      });
    }
  });
  return { data, layout: { ...layout, shapes, annotations, showlegend: named.size > 1 } };
}

/** Only the first trace of a name stands in the legend. */
function legend({ legendgroup, showlegend }: Json, named: Set<unknown>): Json {
  if (legendgroup === undefined || showlegend === false) return {};
  if (named.has(legendgroup)) return { showlegend: false };
  named.add(legendgroup);
  return {};
}

/** Whether one colour bar a row says it for all panels: on a phone there is no room for bars between them. */
function shareBar(panels: readonly Figure[]): boolean {
  const bars = panels.flatMap(({ data }) => data.filter(({ colorbar }) => colorbar !== undefined));
  const looks = bars.map(({ zmin, zmax, colorscale, colorbar }) => JSON.stringify([zmin, zmax, colorscale, colorbar]));
  return bars.length === panels.length && new Set(looks).size === 1;
}

function hasBar({ data }: Figure): boolean {
  return data.some(({ colorbar }) => colorbar !== undefined);
}

function colorbar(trace: Json, x: Span, y: Span): Json {
  if (trace.colorbar === undefined) return {};
  const place = { x: x[1] + 0.01, y: (y[0] + y[1]) / 2, len: y[1] - y[0], thickness: 10 };
  return { colorbar: { ...(trace.colorbar as Json), ...place } };
}

type Span = [start: number, end: number];

/** The part of [0, 1] that the index-th of `count` equal panels takes, with gaps between them. */
function span(index: number, count: number, gap: number): Span {
  const size = (1 - gap * (count - 1)) / count;
  const start = index * (size + gap);
  return [start, start + size].map((end) => Number(end.toFixed(4))) as Span;
}

function sharedTitle(panels: readonly Figure[], name: string): boolean {
  return new Set(panels.map(({ layout }) => ((layout[name] as Json).title as Json).text)).size === 1;
}

function axis({ layout }: Figure, name: string, titled: boolean): Json {
  const own = layout[name] as Json;
  return titled ? own : { ...own, title: { text: "" } };
}

function titleOf({ layout }: Figure): string {
  return (layout.title as Json).text as string;
}

/** Shapes or annotations, moved from a figure's only axes to those of its panel. */
function marks(of: unknown, number: string): Json[] {
  const renamed = (ref: unknown): string => String(ref).replace(/^[xy]/, (letter) => `${letter}${number}`);
  return ((of as Json[] | undefined) ?? []).map((mark) => ({
    ...mark,
    xref: renamed(mark.xref),
    yref: renamed(mark.yref),
  }));
}
