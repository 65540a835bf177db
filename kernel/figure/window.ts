import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Script } from "node:vm";
import { JSDOM, VirtualConsole } from "jsdom";
import { PixelContext } from "./canvas.js";
import { localBox, pageBox, runWidth } from "./geometry.js";
import type { Box } from "./geometry.js";
import { pathLength, pointAtLength } from "./path.js";

/** The part of plotly.js that drawing a static figure takes. */
export interface Plotly {
  newPlot(element: Element, data: unknown, layout: unknown, config: unknown): Promise<unknown>;
  purge(element: Element): void;
  readonly Snapshot: { toSVG(element: Element, format: "svg"): string };
}

/** What is missing in jsdom and used by plotly is set on the window; only those names are spelled out. */
type PlotlyWindow = JSDOM["window"] & {
  readonly Plotly: Plotly;
  readonly Math: Math;
  TextDecoder: typeof TextDecoder;
  TextEncoder: typeof TextEncoder;
};

/** A DOM without a screen in which plotly.js is loaded and text has the widths it has in a browser. */
export interface PlotlyPage {
  readonly window: PlotlyWindow;
  readonly plotly: Plotly;
}

/** Loads plotly.js into a fresh DOM: about a second, so once a process. */
export function openPlotly(): PlotlyPage {
  const dom = new JSDOM("<!doctype html><body></body>", {
    pretendToBeVisual: true,
    runScripts: "outside-only",
    virtualConsole: new VirtualConsole(),
  });
  const window = dom.window as PlotlyWindow;
  fillWindow(window);
  const file = createRequire(import.meta.url).resolve("plotly.js-dist-min");
  new Script(readFileSync(file, "utf8"), { filename: file }).runInContext(dom.getInternalVMContext());
  return { window, plotly: window.Plotly };
}

function fillWindow(window: PlotlyWindow): void {
  window.TextDecoder = TextDecoder;
  window.TextEncoder = TextEncoder;
  Object.assign(window.URL, { createObjectURL: () => "", revokeObjectURL: () => undefined });
  // Lets plotly write a heat map as one pixel a cell, scaled up without smoothing: small, and sharp on every screen.
  Object.assign(window, { CSS: { supports: () => true } });
  Object.assign(window, {
    matchMedia: () => ({ matches: false, addEventListener: () => undefined, removeEventListener: () => undefined }),
  });

  const contexts = new WeakMap<HTMLCanvasElement, PixelContext>();
  const contextOf = (canvas: HTMLCanvasElement): PixelContext => {
    const context = contexts.get(canvas) ?? new PixelContext(canvas);
    contexts.set(canvas, context);
    return context;
  };
  Object.assign(window.HTMLCanvasElement.prototype, {
    getContext(this: HTMLCanvasElement, kind: string) {
      return kind === "2d" ? contextOf(this) : null;
    },
    toDataURL(this: HTMLCanvasElement) {
      return contextOf(this).toDataURL();
    },
  });
  Object.assign(window.SVGElement.prototype, {
    getBBox(this: Element) {
      return rectangle(localBox(this));
    },
    getBoundingClientRect(this: Element) {
      return rectangle(pageBox(this));
    },
    getComputedTextLength(this: Element) {
      return runWidth(this);
    },
    getTotalLength(this: Element) {
      return pathLength(this.getAttribute("d") ?? "");
    },
    getPointAtLength(this: Element, length: number) {
      const [x, y] = pointAtLength(this.getAttribute("d") ?? "", length);
      return { x, y };
    },
  });
}

function rectangle(box: Box = { left: 0, top: 0, right: 0, bottom: 0 }) {
  return { ...box, x: box.left, y: box.top, width: box.right - box.left, height: box.bottom - box.top };
}
