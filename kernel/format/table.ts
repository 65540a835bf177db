import { inspect } from "node:util";
import type { MimeBundle } from "../mime.js";
import { escapeHtml } from "./escape.js";

/** The part of a table that is shown, and how large the whole is. */
export interface TablePreview {
  /** Column names, left to right. */
  readonly columns: readonly string[];
  /** The rows shown; each has one value a column. */
  readonly rows: readonly (readonly unknown[])[];
  /** Row labels, one for each row shown; none when left out. */
  readonly labels?: readonly unknown[];
  /** Rows of the whole table. */
  readonly totalRows: number;
}

/** Rows that a table shows before it is cut. */
export const MAX_ROWS = 20;
const MAX_CELL = 120;

/** The table as HTML that takes its colours from the page, and as text; both say how large the whole table is. */
export function tableBundle(preview: TablePreview): MimeBundle {
  const columns = [
    ...(preview.labels ? [makeColumn("", preview.labels)] : []),
    ...preview.columns.map((name, i) =>
      makeColumn(
        name,
        preview.rows.map((row) => row[i]),
      ),
    ),
  ];
  const labelled = preview.labels !== undefined;
  return {
    "text/html": htmlTable(columns, preview.rows.length, labelled) + `\n<p><small>${extent(preview)}</small></p>`,
    "text/plain": `${textTable(columns, preview.rows.length)}\n${extent(preview)}`,
  };
}

interface Column {
  readonly name: string;
  readonly cells: readonly string[];
  readonly align: "left" | "right";
}

function makeColumn(name: string, values: readonly unknown[]): Column {
  const present = values.filter((value) => value !== null && value !== undefined);
  const numeric =
    present.length > 0 && present.every((value) => typeof value === "number" || typeof value === "bigint");
  const decimals = Math.max(0, ...present.filter((value) => typeof value === "number").map(decimalsOf));
  const write = (value: unknown): string =>
    typeof value === "number" ? writeNumber(value, decimals) : writeValue(value);
  return { name, cells: values.map(write), align: numeric ? "right" : "left" };
}

const SIGNIFICANT = 6;

/** Numbers so large or so small that digits before or after the point would only be zeros. */
function isExtreme(value: number): boolean {
  return value !== 0 && Number.isFinite(value) && (Math.abs(value) < 1e-4 || Math.abs(value) >= 1e15);
}

/** Decimals that show a number to six significant digits, without trailing zeros. */
function decimalsOf(value: number): number {
  if (!Number.isFinite(value) || Number.isInteger(value) || isExtreme(value)) return 0;
  const [, decimals = ""] = String(Number(value.toPrecision(SIGNIFICANT))).split(".");
  return decimals.length;
}

function writeNumber(value: number, decimals: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (isExtreme(value)) return String(Number(value.toPrecision(SIGNIFICANT)));
  return value.toFixed(Math.min(decimals, SIGNIFICANT));
}

function writeValue(value: unknown): string {
  if (typeof value === "string") return cut(value);
  if (value instanceof Date && !Number.isNaN(value.getTime()))
    return value.toISOString().replace(/T00:00:00\.000Z$/, "");
  if (typeof value === "bigint") return value.toString();
  return cut(inspect(value, { depth: 1, breakLength: Infinity, maxArrayLength: 8 }));
}

function cut(text: string): string {
  return text.length <= MAX_CELL ? text : `${text.slice(0, MAX_CELL - 1)}…`;
}

function htmlTable(columns: readonly Column[], rowCount: number, labelled: boolean): string {
  const cell = (tag: "td" | "th", { align }: Column, text: string, scope = ""): string =>
    `<${tag}${scope} style="text-align:${align}">${escapeHtml(text)}</${tag}>`;
  const head = columns.map((column) => cell("th", column, column.name, ' scope="col"')).join("");
  const body = Array.from({ length: rowCount }, (_, row) => {
    const cells = columns.map((column, i) => {
      const text = column.cells[row] ?? "";
      return labelled && i === 0 ? cell("th", column, text, ' scope="row"') : cell("td", column, text);
    });
    return `<tr>${cells.join("")}</tr>\n`;
  });
  return `<table>\n<thead><tr>${head}</tr></thead>\n<tbody>\n${body.join("")}</tbody>\n</table>`;
}

function textTable(columns: readonly Column[], rowCount: number): string {
  const padded = columns.map(({ name, cells, align }) => {
    const lines = [name, ...cells].map((line) => line.replace(/\s+/g, " "));
    const width = Math.max(...lines.map((line) => line.length));
    return lines.map((line) => (align === "right" ? line.padStart(width) : line.padEnd(width)));
  });
  const line = (row: number): string =>
    padded
      .map((cells) => cells[row])
      .join("  ")
      .trimEnd();
  return Array.from({ length: rowCount + 1 }, (_, row) => line(row)).join("\n");
}

function extent({ columns, rows, totalRows }: TablePreview): string {
  const count = (n: number, noun: string): string => `${n.toLocaleString("en-US")} ${noun}${n === 1 ? "" : "s"}`;
  const whole = `${count(totalRows, "row")} × ${count(columns.length, "column")}`;
  return rows.length < totalRows ? `first ${rows.length} of ${whole}` : whole;
}
