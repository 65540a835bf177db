/** The one look of all figures: white paper, colours for all kinds of colour vision, shapes that tell apart in grey too. */

/** Okabe and Ito's colours, those with the most contrast to white first. */
export const COLORS = {
  blue: "#0072B2",
  vermilion: "#D55E00",
  green: "#009E73",
  purple: "#CC79A7",
  orange: "#E69F00",
  sky: "#56B4E9",
  black: "#000000",
  grey: "#767676",
} as const;

export type ColorName = keyof typeof COLORS;

/** What the first, second, ... series looks like where it does not say; the eighth has the first colour and the second dash. */
export const SERIES = [
  { color: "blue", dash: "solid", marker: "circle" },
  { color: "vermilion", dash: "dash", marker: "square" },
  { color: "green", dash: "dot", marker: "diamond" },
  { color: "purple", dash: "dashdot", marker: "triangle-up" },
  { color: "orange", dash: "longdash", marker: "cross" },
  { color: "sky", dash: "longdashdot", marker: "x" },
  { color: "black", dash: "solid", marker: "star" },
] as const;

/**
 * Ten classes: Paul Tol's "muted" scheme, made for all kinds of colour vision, and Okabe and Ito's orange. Neighbours differ in
 * lightness. Ten colours are more than grey can hold: where it matters, names stand beside them.
 */
export const CLASS_COLORS = [
  "#332288",
  "#E69F00",
  "#117733",
  "#88CCEE",
  "#882255",
  "#44AA99",
  "#CC6677",
  "#DDCC77",
  "#AA4499",
  "#999933",
] as const;

/**
 * ColorBrewer's YlGnBu without its darkest step: lightness falls steadily, so it prints in grey, and black level lines
 * show on all of it.
 */
export const SEQUENTIAL = [
  [0, "#ffffd9"],
  [0.2, "#d5eeb3"],
  [0.4, "#93d5b8"],
  [0.6, "#4bbcc4"],
  [0.8, "#1d94c0"],
  [1, "#2367ac"],
] as const;

/** Vermilion below the middle, blue above it. */
export const DIVERGING = [
  [0, "#D55E00"],
  [0.5, "#f7f7f7"],
  [1, "#0072B2"],
] as const;

export const INK = "#222222";
const LINE = "#555555";

const AXIS = {
  automargin: true,
  exponentformat: "power",
  gridcolor: "#e8e8e8",
  linecolor: LINE,
  showline: true,
  tickcolor: LINE,
  ticks: "outside",
  ticklen: 4,
  tickfont: { size: 12 },
  title: { standoff: 8, font: { size: 13 } },
  zeroline: false,
} as const;

/** Plotly's way of naming a style: whatever a figure sets itself wins over it. */
export const TEMPLATE = {
  layout: {
    font: { family: "Helvetica, Arial, sans-serif", size: 13, color: INK },
    paper_bgcolor: "#ffffff",
    plot_bgcolor: "#ffffff",
    hovermode: "closest",
    legend: { orientation: "h", x: 0, xanchor: "left", yref: "container", y: 0, yanchor: "bottom" },
    xaxis: AXIS,
    yaxis: AXIS,
  },
} as const;

/** About as many characters of a title as fit on a phone. */
const TITLE_WIDTH = 46;
const TITLE_SIZE = 15;
const TITLE_LINE = 20;

/** The title, broken into lines, and the top margin that it needs. */
export function titled(
  title: string,
  detail?: string,
): { title: object; margin: Record<"t" | "r" | "b" | "l", number> } {
  const lines = wrap(title, TITLE_WIDTH).map((line) => `<b>${line}</b>`);
  const small =
    detail === undefined
      ? []
      : wrap(detail, TITLE_WIDTH + 8).map((line) => `<span style="font-size:13px">${line}</span>`);
  const all = [...lines, ...small];
  return {
    title: {
      text: all.join("<br>"),
      font: { size: TITLE_SIZE },
      x: 0,
      xanchor: "left",
      xref: "container",
      y: 1,
      yanchor: "top",
      yref: "container",
      // Plotly puts the top of a single line there, but the foot of the first of several.
      pad: { l: 8, t: all.length > 1 ? 23 : 12 },
    },
    margin: { t: 24 + all.length * TITLE_LINE, l: 60, r: 20, b: 60 },
  };
}

/** About how many pixels a line of Helvetica is wide. */
export function textWidth(text: string, size: number): number {
  return Math.ceil(0.56 * size * text.length);
}

/** Lines of at most `width` characters, broken at spaces, but not beside "=" and its like. */
export function wrap(text: string, width: number): string[] {
  const lines = [""];
  for (const word of text.replace(/ ([=≈≤≥<>±×−]) /g, "\u00a0$1\u00a0").split(" ")) {
    const line = lines[lines.length - 1] ?? "";
    if (line === "") lines[lines.length - 1] = word;
    else if (line.length + 1 + word.length <= width) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}
