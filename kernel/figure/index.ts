/** Plotly figures: what is one, and how it is shown. */
import type { MimeBundle } from "../mime.js";
import { describeFigure, figureJson } from "./figure.js";
import type { Figure } from "./figure.js";
import { whyNoPicture } from "./no-picture.js";
import { FigureRenderer } from "./renderer.js";

export { figureTitle, isFigure } from "./figure.js";
export type { Figure, FigureJson } from "./figure.js";
export { FigureRenderer } from "./renderer.js";

export const PLOTLY_MIME = "application/vnd.plotly.v1+json";

/** JupyterLab has no renderer of Plotly figures by itself; Plotly's Python package brings one. */
const ADVICE = "To see the figure in JupyterLab: pip install plotly where Jupyter runs, then reload the page";

const renderer = new FigureRenderer();

/**
 * The figure as Plotly JSON for viewers that draw it themselves, as SVG for those that do not, and in words. Where the figure
 * sets no template of its own it gets this kernel's; what the figure sets is never overridden. The picture is left out, and
 * the words say why and what helps, where it cannot be drawn without a browser or would take too long. The figure is copied at once: changing it later is safe.
 *
 * @throws TypeError when the figure contains itself.
 */
export async function figureBundle(figure: Figure): Promise<MimeBundle> {
  const json = figureJson(figure);
  const words = describeFigure(json);
  const without = (reason: string): MimeBundle => ({
    [PLOTLY_MIME]: json,
    "text/plain": `${words}\nNo static picture: ${reason}\n${ADVICE}`,
  });
  const reason = whyNoPicture(json);
  if (reason !== undefined) return without(reason);
  try {
    return { [PLOTLY_MIME]: json, "image/svg+xml": await renderer.draw(json), "text/plain": words };
  } catch (error) {
    return without(error instanceof Error ? error.message : String(error));
  }
}
