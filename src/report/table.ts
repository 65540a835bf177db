import { DISPLAY } from "../show/display.js";
import type { Displayable, MimeBundle } from "../show/display.js";
import { gridHtml, gridText } from "../show/grid.js";
import type { Grid } from "../show/grid.js";
import { formatMeasured, formatNumber } from "../show/number.js";
import { refuseUnknown } from "../options.js";

/** A measured number with its uncertainty, both as they come: `{ value: 0.86, error: 0.001 }`. */
export interface Measured {
  readonly value: number;
  /** One standard error (or deviation: say which in the head). */
  readonly error: number;
}

/** What a cell may hold. null and undefined show as "–". */
export type Cell = string | number | bigint | boolean | Measured | null | undefined;

/** How one column is shown. */
export interface Column {
  /** The property of a row that it shows. */
  readonly key: string;
  /** Its head; default the key. */
  readonly head?: string;
  /** Significant digits of its numbers; default those of the table. */
  readonly digits?: number;
  /** Replaces the usual formatting. */
  readonly format?: (value: Cell) => string;
}

/** Options of `table`. */
export interface TableOptions {
  /** Columns in order, as keys or in full; default: all keys of the rows in order of appearance. */
  readonly columns?: readonly (string | Column)[];
  /** Bold line above. */
  readonly caption?: string;
  /** Sentence below. */
  readonly note?: string;
  /** Significant digits (default 4). */
  readonly digits?: number;
}

/**
 * Rows as a table that shows as HTML in a notebook, and as text everywhere else (`String(table)`).
 *
 * @throws RangeError for an unknown option or a column that no row has.
 */
export function table<Row extends object>(rows: readonly Row[], options: TableOptions = {}): Table {
  refuseUnknown("table", options, ["columns", "caption", "note", "digits"]);
  const keys = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const columns = (options.columns ?? keys).map((column) => (typeof column === "string" ? { key: column } : column));
  for (const { key } of columns) {
    if (rows.length > 0 && !keys.includes(key)) {
      throw new RangeError(`table: no row has a "${key}"; the rows have ${keys.join(", ")}`);
    }
  }
  return new Table(rows as readonly object[] as readonly Record<string, Cell>[], columns, options);
}

/** A table ready to be shown; use `table`. */
export class Table implements Displayable {
  readonly #grid: Grid;

  constructor(rows: readonly Readonly<Record<string, Cell>>[], columns: readonly Column[], options: TableOptions) {
    const { caption, note, digits } = options;
    this.#grid = {
      ...(caption !== undefined && { caption }),
      ...(note !== undefined && { note }),
      columns: columns.map(({ key, head = key }) => ({ head, numeric: isNumeric(rows.map((row) => row[key])) })),
      rows: rows.map((row) => ({
        cells: columns.map((column) => {
          const value = row[column.key];
          return column.format ? column.format(value) : formatCell(value, column.digits ?? digits);
        }),
      })),
    };
  }

  toString(): string {
    return gridText(this.#grid);
  }

  [DISPLAY](): MimeBundle {
    return { "text/html": gridHtml(this.#grid), "text/plain": gridText(this.#grid) };
  }
}

function formatCell(value: Cell, digits?: number): string {
  if (value === null || value === undefined) return "–";
  if (typeof value === "number") return formatNumber(value, digits);
  if (typeof value === "object") return formatMeasured(value.value, value.error, digits);
  if (typeof value === "boolean") return value ? "yes" : "no";
  return String(value);
}

function isNumeric(values: readonly Cell[]): boolean {
  const present = values.filter((value) => value !== null && value !== undefined);
  return present.length > 0 && present.every((value) => typeof value !== "string" && typeof value !== "boolean");
}
