/** What a notebook shows: verdicts, tables, figures, progress. */
export { check } from "./check.js";
export type { Check, CheckOptions, Relation } from "./check.js";
export { verdict } from "./verdict.js";
export type { Verdict } from "./verdict.js";
export { table } from "./table.js";
export type { Table, TableOptions } from "./table.js";
export type { Cell, Column, Measured } from "./table/column.js";
export { contactSheet } from "./contact-sheet.js";
export type { ContactSheet, ContactSheetOptions } from "./contact-sheet.js";
export { progress, track } from "../show/progress.js";
export type { Progress, ProgressOptions, ProgressState } from "../show/progress.js";
export { formatMeasured, formatNumber } from "../show/number.js";
export * from "./figure/index.js";
export { svg } from "./svg.js";
export type { SvgOptions } from "./svg.js";
