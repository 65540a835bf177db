import { show } from "../../options.js";
import { formatMeasured, formatNumber } from "../../show/number.js";

/** A measured number with its uncertainty, both as they come: `{ value: 0.86, error: 0.001 }`. */
export interface Measured {
  readonly value: number;
  /** One standard error (or deviation: say which in the head). */
  readonly error: number;
}

/**
 * What a cell may hold: `Measured` among objects. null and undefined show as "–", dates as ISO 8601 (at midnight UTC without the
 * time), arrays as their values, other objects as Node.js prints them in a line.
 */
export type Cell = string | number | bigint | boolean | object | null | undefined;

/** Values by the keys of columns. */
export type Row = Readonly<Record<string, Cell>>;

/** @param digits significant digits of numbers */
export function cellText(value: Cell, digits?: number): string {
  if (value === null || value === undefined) return "–";
  if (typeof value === "number") return formatNumber(value, digits);
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value !== "object") return String(value);
  if (isMeasured(value)) return formatMeasured(value.value, value.error, digits);
  return objectText(value, (one) => cellText(one, digits));
}

export function isMeasured(cell: Cell): cell is Measured {
  if (typeof cell !== "object" || cell === null || !("value" in cell) || typeof cell.value !== "number") return false;
  return !("error" in cell) || cell.error === undefined || typeof cell.error === "number";
}

/** @param write what becomes of the values of an array */
export function objectText(value: object, write: (one: Cell) => string): string {
  if (value instanceof Date)
    return Number.isNaN(value.getTime()) ? String(value) : value.toISOString().replace(/T00:00:00\.000Z$/, "");
  if (Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView)))
    return Array.from(value as ArrayLike<Cell>, write).join(", ");
  return show(value);
}

/** Whether a column's values line up to the right. */
export function isNumeric(values: readonly Cell[]): boolean {
  const present = values.filter((value) => value !== null && value !== undefined);
  return (
    present.length > 0 &&
    present.every((value) => typeof value === "number" || typeof value === "bigint" || isMeasured(value))
  );
}
