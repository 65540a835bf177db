/** How values show themselves, in notebooks and on terminals. */
export { DISPLAY, kernel } from "./display.js";
export type { Displayable, Kernel, MimeBundle } from "./display.js";
export { escapeHtml, gridHtml, gridText } from "./grid.js";
export type { Grid, GridColumn } from "./grid.js";
export { formatMeasured, formatNumber } from "./number.js";
export { progress, track } from "./progress.js";
export type { Progress, ProgressOptions, ProgressState } from "./progress.js";
export { Tabular } from "./tabular.js";
