/** Plotly figures: what is one, and how it is shown. */
import type { MimeBundle } from "../mime.js";
import { describeFigure, figureJson, traceType } from "./figure.js";
import type { Figure } from "./figure.js";
import { FigureRenderer } from "./renderer.js";

export { figureTitle, isFigure } from "./figure.js";
export type { Figure, FigureJson } from "./figure.js";
export { FigureRenderer } from "./renderer.js";

export const PLOTLY_MIME = "application/vnd.plotly.v1+json";

/** Traces that only WebGL or map tiles can draw: outside a browser no picture of them exists. */
const BROWSER_ONLY =
  /^(scatter3d|surface|mesh3d|cone|streamtube|volume|isosurface|parcoords|splom|choropleth|(scatter|choropleth|density)(geo|map|mapbox))$/;

const renderer = new FigureRenderer();

/**
 * The figure as Plotly JSON for viewers that draw it themselves, as SVG for those that do not, and in words. Where the figure
 * sets no template of its own it gets this kernel's; what the figure sets is never overridden. The picture is left out, and
 * the words say why, where it cannot be drawn without a browser. The figure is copied at once: changing it later is safe.
 *
 * @throws TypeError when the figure contains itself.
 */
export async function figureBundle(figure: Figure): Promise<MimeBundle> {
  const json = figureJson(figure);
  const words = describeFigure(json);
  try {
    const needsBrowser = json.data.map(traceType).find((type) => BROWSER_ONLY.test(type));
    if (needsBrowser) throw new Error(`"${needsBrowser}" traces are drawn only by a browser`);
    return { [PLOTLY_MIME]: json, "image/svg+xml": await renderer.draw(json), "text/plain": words };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { [PLOTLY_MIME]: json, "text/plain": `${words}\nNo static picture: ${reason}` };
  }
}
