/** How values show themselves, in notebooks and on terminals. */
export { DISPLAY, kernel } from "./display.js";
export type { Displayable, Kernel, MimeBundle } from "./display.js";
export { escapeHtml, gridHtml } from "./grid.js";
export type { Grid, GridColumn, GridRow } from "./grid.js";
export { gridText } from "./grid-text.js";
export { formatCount, formatMeasured, formatNumber } from "./number.js";
export { progress, track } from "./progress.js";
export type { Progress, ProgressOptions, ProgressState } from "./progress.js";
export { Tabular } from "./tabular.js";
export { Textual } from "./textual.js";
