/** Between panels that stand side by side, as a part of the figure's width. */
export const COLUMN_GAP = 0.08;

/** Rows of panels: the height of all in pixels, and the part of it that each takes, from the top. */
export interface Rows {
  readonly height: number;
  readonly domains: readonly (readonly [low: number, high: number])[];
}

/** @param heights of the rows, and @param gap between them, in pixels */
export function stacked(heights: readonly number[], gap: number): Rows {
  const height = heights.reduce((a, b) => a + b, 0) + gap * (heights.length - 1);
  let above = 0;
  const domains = heights.map((own) => {
    const high = 1 - above / height;
    above += own + gap;
    return [high - own / height, high].map((end) => Math.max(0, Number(end.toFixed(4)))) as [number, number];
  });
  return { height, domains };
}

/** A panel's title, above its left upper corner. */
export function panelTitle(text: string, x: number, y: number): Record<string, unknown> {
  const place = { xref: "paper", yref: "paper", x, y, xanchor: "left", yanchor: "bottom", yshift: 4 };
  return { ...place, text, showarrow: false, align: "left", font: { size: 13 } };
}
