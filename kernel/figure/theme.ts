/**
 * The look of a figure that does not say how it wants to look. It is a plotly template: everything that the figure sets
 * itself, and a template of its own, wins over it.
 */

type Json = Record<string, unknown>;

const FAMILY = "Helvetica, Arial, sans-serif";
const INK = "#222222";
const LINE = "#555555";
const GRID = "#e8e8e8";

/** Okabe and Ito's palette for all kinds of colour vision, darkest contrasts with white first, yellow last. */
const COLORWAY = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#F0E442"];

/** Diverging blue - white - vermilion, of the same palette. */
const DIVERGING = [
  [0, "#0072B2"],
  [0.5, "#f7f7f7"],
  [1, "#D55E00"],
];

const AXIS = {
  automargin: true,
  exponentformat: "power",
  gridcolor: GRID,
  linecolor: LINE,
  showline: true,
  tickcolor: LINE,
  ticks: "outside",
  ticklen: 4,
  title: { standoff: 8 },
  zeroline: false,
};

/** Width and height in pixels of a figure that sets none. */
export const DEFAULT_SIZE = { width: 720, height: 440 } as const;

/** The layout with the theme as its template where it has none. */
export function themed(layout: Json): Json {
  if (layout.template !== undefined) return layout;
  return { ...layout, template: template(titleLines(layout)) };
}

function template(lines: number): Json {
  const colorbar = { outlinewidth: 0, thickness: 16, ticks: "outside", ticklen: 4, exponentformat: "power" };
  const surface = [{ colorscale: "Viridis", colorbar }];
  return {
    layout: {
      font: { family: FAMILY, size: 13, color: INK },
      title: { font: { size: 17 }, x: 0.02, xanchor: "left" },
      colorway: COLORWAY,
      colorscale: { sequential: "Viridis", sequentialminus: "Viridis", diverging: DIVERGING },
      coloraxis: { colorbar },
      margin: { l: 64, r: 24, t: 24 + (lines > 0 ? 8 + 24 * lines : 0), b: 56 },
      paper_bgcolor: "#ffffff",
      plot_bgcolor: "#ffffff",
      hovermode: "closest",
      legend: { bgcolor: "rgba(255,255,255,0.8)" },
      annotationdefaults: { arrowcolor: LINE, arrowhead: 0, arrowwidth: 1 },
      xaxis: AXIS,
      yaxis: AXIS,
    },
    data: { heatmap: surface, contour: surface, histogram2d: surface, histogram2dcontour: surface },
  };
}

function titleLines({ title }: Json): number {
  const text = typeof title === "object" && title !== null ? (title as Json).text : title;
  return typeof text === "string" && text !== "" ? text.split(/<br\s*\/?>/i).length : 0;
}
