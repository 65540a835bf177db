import { traceType } from "./figure.js";
import type { FigureJson } from "./figure.js";

/** Traces that only WebGL or map tiles can draw: outside a browser no picture of them exists. */
const BROWSER_ONLY =
  /^(scatter3d|surface|mesh3d|cone|streamtube|volume|isosurface|parcoords|splom|choropleth|(scatter|choropleth|density)(geo|map|mapbox))$/;

/** Markers and bars of one figure that are drawn, each an element of the picture: so many take some ten seconds. */
const MAX_MARKS = 20_000;

/** Names of a trace's coordinates. */
const COORDINATES = ["x", "y", "r", "theta", "a", "b"] as const;

/** Why no picture is drawn of the figure; undefined where one is. */
export function whyNoPicture({ data }: FigureJson): string | undefined {
  const type = data.map(traceType).find((name) => BROWSER_ONLY.test(name));
  if (type !== undefined) return `"${type}" traces are drawn only by Plotly in a browser`;
  const marks = data.reduce((sum, trace) => sum + marksOf(trace), 0);
  return marks > MAX_MARKS ? `${marks.toLocaleString("en-US")} marks take too long to draw` : undefined;
}

function marksOf(trace: Record<string, unknown>): number {
  const type = traceType(trace);
  const hasMarks = type.startsWith("scatter") ? /markers|text/.test(String(trace.mode)) : /^bar/.test(type);
  if (!hasMarks) return 0;
  return Math.max(0, ...COORDINATES.map((name) => trace[name]).map((list) => (Array.isArray(list) ? list.length : 0)));
}
