import { DISPLAY } from "../show/display.js";
import type { Displayable, MimeBundle } from "../show/display.js";
import { gridHtml } from "../show/grid.js";
import type { Grid } from "../show/grid.js";
import { gridText } from "../show/grid-text.js";
import { refuseUnknown } from "../options.js";
import { isNumeric, type Row } from "./table/cell.js";
import { checkDigits, columnsOf, formatCell, type Column } from "./table/column.js";
import { csv } from "./table/csv.js";
import { gridLatex } from "./table/latex.js";
import { gridMarkdown } from "./table/markdown.js";

/** Options of `table`. */
export interface TableOptions {
  /** Columns in order, as keys or in full; default: all keys of the rows in order of appearance. */
  readonly columns?: readonly (string | Column)[];
  /**
   * A column whose values become headings: rows of equal values stand together under one, in order of appearance. A text is
   * the heading itself, a number 100 of a column ρ gives "ρ = 100"; `format` makes another.
   */
  readonly groupBy?: string | Column;
  /** Bold line above. */
  readonly caption?: string;
  /** Sentence below. */
  readonly note?: string;
  /** Significant digits (default 4). */
  readonly digits?: number;
}

/**
 * Rows as a table that shows as HTML in a notebook, and as text everywhere else (`String(table)`); as Markdown, CSV and LaTeX
 * for papers and other programs.
 *
 * @throws RangeError for an unknown option, a column that no row has, or digits that are no whole number from 1 on.
 */
export function table<R extends object>(rows: readonly R[], options: TableOptions = {}): Table {
  refuseUnknown("table", options, ["columns", "groupBy", "caption", "note", "digits"]);
  checkDigits("table", options);
  const keys = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const [group] = options.groupBy === undefined ? [] : columnsOf([options.groupBy], rows);
  const columns = columnsOf(options.columns ?? keys.filter((key) => key !== group?.key), rows);
  return new Table(rows as readonly object[] as readonly Row[], columns, group, options);
}

/** A table ready to be shown; use `table`. */
export class Table implements Displayable {
  readonly #grid: Grid;
  readonly #csv: string;

  constructor(rows: readonly Row[], columns: readonly Column[], group: Column | undefined, options: TableOptions) {
    const { caption, note, digits } = options;
    const ofTable = (column: Column): Column => ({ ...column, digits: column.digits ?? digits });
    const heading = (row: Row): string | undefined => group && headingOf(row, ofTable(group));
    const headings = [...new Set(rows.map(heading))];
    const ordered = headings.flatMap((text) => rows.filter((row) => heading(row) === text));
    this.#grid = {
      ...(caption !== undefined && { caption }),
      ...(note !== undefined && { note }),
      columns: columns.map(({ key, head = key, group, numeric = isNumeric(rows.map((row) => row[key])) }) => ({
        ...{ head, numeric },
        ...(group !== undefined && { group }),
      })),
      rows: ordered.map((row) => ({
        cells: columns.map((column) => formatCell(row[column.key], ofTable(column))),
        ...(group && { group: heading(row)! }),
      })),
    };
    this.#csv = csv(ordered, group && !columns.some(({ key }) => key === group.key) ? [group, ...columns] : columns);
  }

  toString(): string {
    return gridText(this.#grid);
  }

  /** GitHub's Markdown; a group of columns stands in its heads ("group: head"), a heading of rows in a row of its own. */
  markdown(): string {
    return gridMarkdown(this.#grid);
  }

  /**
   * CSV (RFC 4180) of the values as they are: all digits, no formatting, a measured value and its error in two columns
   * ("head" and "head error", or what the column calls its errors), the column of headings first; without caption and note.
   */
  csv(): string {
    return this.#csv;
  }

  /**
   * LaTeX in the style of the package booktabs. With a caption, a note or a label it is a `table` that floats, else a
   * `tabular`. Everything is text: "$x_1$" prints as it stands here; "ρ", "±", "−" and the like become formulas.
   *
   * @param options.label what the text refers to it by: "tab:ssp"
   */
  latex(options: { readonly label?: string } = {}): string {
    refuseUnknown("latex", options, ["label"]);
    return gridLatex(this.#grid, options.label);
  }

  [DISPLAY](): MimeBundle {
    return { "text/html": gridHtml(this.#grid), "text/plain": gridText(this.#grid) };
  }
}

/** "ρ = 100" for numbers, texts as they are. */
function headingOf(row: Row, column: Column): string {
  const value = row[column.key];
  const text = formatCell(value, column);
  return column.format || !isNumeric([value]) ? text : `${column.head ?? column.key} = ${text}`;
}
