/** Figures in one style, as plain Plotly data. */
export { heatmap } from "./heatmap.js";
export type { HeatmapOptions, MapAxis } from "./heatmap.js";
export { lines } from "./lines.js";
export type { LinesOptions, Note, Reference, Series } from "./lines.js";
export { multiples } from "./multiples.js";
export type { MultiplesOptions } from "./multiples.js";
export type { Axis } from "./axis.js";
export type { Figure } from "./figure.js";
