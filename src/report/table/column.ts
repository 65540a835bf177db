import { check, digits, optional, refuseUnknown } from "../../options.js";
import { cellText, type Cell } from "./cell.js";

/** How one column is shown. */
export interface Column {
  /** The property of a row that it shows. */
  readonly key: string;
  /** Its head; default the key. */
  readonly head?: string;
  /** A head above, over all neighbouring columns of the same group: the data set above its imbalance ratios. */
  readonly group?: string;
  /** What stands behind its ±, as CSV calls it behind the head: "sd". Default "error". */
  readonly error?: string;
  /** Significant digits of its numbers; default those of the table. */
  readonly digits?: number;
  /** Whether it lines up to the right. Default: where all its values are numbers. */
  readonly numeric?: boolean;
  /** Replaces the usual formatting (CSV has the values themselves). */
  readonly format?: (value: Cell) => string;
}

const OPTIONS = ["key", "head", "group", "error", "digits", "numeric", "format"];

/** The columns in full. @throws RangeError for an unknown option, or a column that no row has */
export function columnsOf(columns: readonly (string | Column)[], rows: readonly object[]): Column[] {
  const keys = new Set(rows.flatMap((row) => Object.keys(row)));
  return columns.map((given) => {
    const column = typeof given === "string" ? { key: given } : given;
    refuseUnknown("table: column", column, OPTIONS);
    checkDigits(`table: column "${column.key}"`, column);
    if (rows.length > 0 && !keys.has(column.key)) {
      throw new RangeError(`table: no row has a "${column.key}"; the rows have ${[...keys].join(", ")}`);
    }
    return column;
  });
}

/** @throws RangeError for a number of digits that no number is written with */
export function checkDigits(caller: string, { digits: given }: { readonly digits?: number }): void {
  check(caller, { digits: given }, { digits: optional(digits) });
}

export function formatCell(value: Cell, { format, digits }: Column): string {
  return format ? format(value) : cellText(value, digits);
}
