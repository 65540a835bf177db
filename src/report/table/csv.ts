import { isMeasured, objectText, type Cell, type Row } from "./cell.js";
import type { Column } from "./column.js";

/**
 * Values as CSV (RFC 4180): one record of heads, lines end with CR LF. Numbers as JavaScript writes them, so that reading them
 * gives the same double; a column with measured values becomes two, "head" and "head error" (or what the column calls its errors); missing values are empty; dates, arrays and other objects
 * are the texts that the table shows.
 */
export function csv(rows: readonly Row[], columns: readonly Column[]): string {
  const parts = columns.flatMap(({ key, head = key, group, error = "error" }) => {
    const name = group === undefined ? head : `${group}: ${head}`;
    const value = { head: name, of: (row: Row) => valueOf(row[key]) };
    const hasError = rows.some((row) => isMeasured(row[key]));
    return hasError ? [value, { head: `${name} ${error}`, of: (row: Row) => errorOf(row[key]) }] : [value];
  });
  const records = [parts.map(({ head }) => head), ...rows.map((row) => parts.map(({ of }) => of(row)))];
  return records.map((fields) => `${fields.map(quoted).join(",")}\r\n`).join("");
}

function valueOf(cell: Cell): string {
  if (cell === null || cell === undefined) return "";
  if (typeof cell !== "object") return String(cell);
  return isMeasured(cell) ? String(cell.value) : objectText(cell, valueOf);
}

function errorOf(cell: Cell): string {
  return isMeasured(cell) ? String(cell.error ?? "") : "";
}

function quoted(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
