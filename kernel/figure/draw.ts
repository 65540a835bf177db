import { createHash } from "node:crypto";
import { figureTitle } from "./figure.js";
import type { FigureJson } from "./figure.js";
import { runWidth } from "./geometry.js";
import { compactSvg } from "./svg.js";
import { DEFAULT_SIZE } from "./theme.js";
import { openPlotly } from "./window.js";
import type { PlotlyPage } from "./window.js";

/** Traces that need a GPU in the browser, and their twins that are drawn as vectors. */
const VECTOR_TWIN: Record<string, string> = { scattergl: "scatter", scatterpolargl: "scatterpolar" };

let page: PlotlyPage | undefined;

/**
 * Draws a figure as SVG, in this thread. The same figure gives the same bytes.
 *
 * @throws Error when plotly.js cannot draw the figure.
 */
export async function drawSvg(figure: FigureJson): Promise<string> {
  page ??= openPlotly();
  const { window, plotly } = page;
  const json = JSON.stringify(figure);
  // plotly draws ids from Math.random; the same start for every figure makes the drawing a function of the figure alone.
  window.Math.random = generator(1);
  // A fresh copy, made inside the window: plotly writes into what it is given, and tests for arrays of its own realm.
  const { data, layout } = window.JSON.parse(json) as {
    data: Record<string, unknown>[];
    layout: Record<string, unknown>;
  };
  for (const trace of data) trace.type = VECTOR_TWIN[String(trace.type)] ?? trace.type;
  layout.width ??= DEFAULT_SIZE.width;
  layout.height ??= DEFAULT_SIZE.height;
  const element = window.document.createElement("div");
  window.document.body.append(element);
  try {
    await plotly.newPlot(element, data, layout, { staticPlot: true });
    fitLegend(element);
    return compactSvg(plotly.Snapshot.toSVG(element, "svg"), idPrefix(json), figureTitle(figure) || "Figure");
  } finally {
    plotly.purge(element);
    element.remove();
  }
}

/** Legend entries stand side by side as wide as they are measured; where a page sets them in a wider font, they keep to it. */
function fitLegend(element: Element): void {
  for (const text of element.querySelectorAll("text.legendtext")) {
    if (text.querySelector(".line")) continue;
    text.setAttribute("textLength", runWidth(text).toFixed(1));
    text.setAttribute("lengthAdjust", "spacingAndGlyphs");
  }
}

/** Ids begin with the figure's hash, so that two figures on one page never share a clip path. */
function idPrefix(json: string): string {
  return `f${createHash("sha256").update(json).digest("hex").slice(0, 8)}`;
}

/** Marsaglia's xorshift32: numbers in [0, 1) from a non-zero start. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
