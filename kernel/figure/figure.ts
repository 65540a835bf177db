/** Plotly figures as plain values: what is one, its JSON, its title, its description in words. */
import { toPlainJson } from "./json.js";
import { DEFAULT_SIZE, themed } from "./theme.js";
import { withTitles } from "./titles.js";

/** A Plotly figure: traces, and how they are laid out. */
export interface Figure {
  readonly data: readonly object[];
  readonly layout: object;
  readonly config?: object;
  /** States of an animation. */
  readonly frames?: readonly object[];
}

/** A figure as JSON: what plotly.js draws. */
export interface FigureJson {
  readonly data: readonly Record<string, unknown>[];
  readonly layout: Record<string, unknown>;
  readonly config?: Record<string, unknown>;
  readonly frames?: readonly Record<string, unknown>[];
}

const PARTS = new Set(["data", "layout", "config", "frames"]);

/** Whether `value` is an object `{ data: [traces], layout: {...} }` with nothing beside them but `config` and `frames`. */
export function isFigure(value: unknown): value is Figure {
  if (!isRecord(value) || !Array.isArray(value.data) || !isRecord(value.layout)) return false;
  return Object.keys(value).every((key) => PARTS.has(key)) && value.data.every(isRecord);
}

/**
 * The figure as JSON, with this kernel's theme and height where it sets none.
 *
 * @throws TypeError when the figure contains itself.
 */
export function figureJson({ data, layout, config, frames }: Figure): FigureJson {
  const parts = { data, layout, ...(config && { config }), ...(frames && { frames }) };
  const plain = withTitles(toPlainJson(parts)) as FigureJson;
  return { ...plain, layout: themed({ height: DEFAULT_SIZE.height, ...plain.layout }) };
}

/** The figure's title without its markup; "" where it has none. */
export function figureTitle({ layout: { title } }: Pick<FigureJson, "layout">): string {
  const text = isRecord(title) ? title.text : title;
  if (typeof text !== "string") return "";
  return text.replace(/<br\s*\/?>/gi, " ").replace(/<[^>]*>/g, "");
}

/** One line that says what the figure holds: "Figure: title, 2 traces (scatter, bar)". */
export function describeFigure(figure: FigureJson): string {
  const types = [...new Set(figure.data.map(traceType))].join(", ");
  const traces = `${figure.data.length} ${figure.data.length === 1 ? "trace" : "traces"}${types ? ` (${types})` : ""}`;
  return `Figure: ${[figureTitle(figure), traces].filter(Boolean).join(", ")}`;
}

/** A trace's type; plotly takes a trace without one for a scatter plot. */
export function traceType({ type }: Record<string, unknown>): string {
  return typeof type === "string" ? type : "scatter";
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
