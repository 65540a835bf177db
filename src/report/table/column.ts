import { formatMeasured, formatNumber } from "../../show/number.js";
import { refuseUnknown } from "../../options.js";

/** A measured number with its uncertainty, both as they come: `{ value: 0.86, error: 0.001 }`. */
export interface Measured {
  readonly value: number;
  /** One standard error (or deviation: say which in the head). */
  readonly error: number;
}

/** What a cell may hold. null and undefined show as "–". */
export type Cell = string | number | bigint | boolean | Measured | null | undefined;

/** Values by the keys of columns. */
export type Row = Readonly<Record<string, Cell>>;

/** How one column is shown. */
export interface Column {
  /** The property of a row that it shows. */
  readonly key: string;
  /** Its head; default the key. */
  readonly head?: string;
  /** A head above, over all neighbouring columns of the same group: the data set above its imbalance ratios. */
  readonly group?: string;
  /** Significant digits of its numbers; default those of the table. */
  readonly digits?: number;
  /** Replaces the usual formatting (CSV has the values themselves). */
  readonly format?: (value: Cell) => string;
}

const OPTIONS = ["key", "head", "group", "digits", "format"];

/** The columns in full. @throws RangeError for an unknown option, or a column that no row has */
export function columnsOf(columns: readonly (string | Column)[], rows: readonly object[]): Column[] {
  const keys = new Set(rows.flatMap((row) => Object.keys(row)));
  return columns.map((given) => {
    const column = typeof given === "string" ? { key: given } : given;
    refuseUnknown("table: column", column, OPTIONS);
    if (rows.length > 0 && !keys.has(column.key)) {
      throw new RangeError(`table: no row has a "${column.key}"; the rows have ${[...keys].join(", ")}`);
    }
    return column;
  });
}

export function formatCell(value: Cell, { format, digits }: Column): string {
  if (format) return format(value);
  if (value === null || value === undefined) return "–";
  if (typeof value === "number") return formatNumber(value, digits);
  if (typeof value === "object") return formatMeasured(value.value, value.error, digits);
  if (typeof value === "boolean") return value ? "yes" : "no";
  return String(value);
}

/** Whether a column's values line up to the right. */
export function isNumeric(values: readonly Cell[]): boolean {
  const present = values.filter((value) => value !== null && value !== undefined);
  return present.length > 0 && present.every((value) => typeof value !== "string" && typeof value !== "boolean");
}
