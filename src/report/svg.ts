import { figureJson } from "../../kernel/figure/figure.js";
import { FigureRenderer } from "../../kernel/figure/renderer.js";
import { count, check, optional } from "../options.js";
import type { Figure } from "./figure/figure.js";

/** Options of `svg`. */
export interface SvgOptions {
  /** Pixels (default: the figure's, or 720). */
  readonly width?: number;
  /** Pixels (default: the figure's, or 440). */
  readonly height?: number;
}

const renderer = new FigureRenderer();

/**
 * A figure as SVG text, drawn by plotly.js in a thread of its own; no browser is needed, nothing is fetched. The same figure
 * gives the same text. Fonts are named (Helvetica, Arial, or what sans serif there is), not embedded.
 *
 *     await writeFile("figure-1.svg", await report.svg(figure, { width: 360 }));
 *
 * The first figure takes about a second to load plotly.js.
 *
 * @throws RangeError for an option out of range; Error when plotly.js cannot draw the figure
 */
export async function svg(figure: Figure, options: SvgOptions = {}): Promise<string> {
  check("svg", options, { width: optional(count), height: optional(count) });
  const { width, height } = options;
  const size = { ...(width !== undefined && { width }), ...(height !== undefined && { height }) };
  return renderer.draw(figureJson({ ...figure, layout: { ...figure.layout, ...size } }));
}
