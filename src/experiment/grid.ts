import { decimal } from "../show/number.js";
import { Tabular, type Grid as TextGrid } from "../show/index.js";
import type { Trial } from "./trial.js";

/** One number of a table, or point of a figure. */
export interface GridCell {
  /** Where it stands: a row, within a group of rows, and a column. */
  readonly group: string;
  readonly row: string;
  readonly column: string;
  readonly trial: Trial;
  /** What a gain is counted against: the same without D_U, or without SSP. */
  readonly baseline?: Trial;
  /** Error in % that the paper has there. */
  readonly paper?: number;
  readonly paperBaseline?: number;
}

/**
 * Trials in the order of a table of the paper, or a figure. Shows itself as that table, with the paper's numbers.
 * @throws RangeError for two cells in one place, of which tables would show one
 */
export class Grid extends Tabular {
  constructor(
    /** "table1a" */
    readonly name: string,
    /** "Table 1a: CIFAR-10-LT, semi-supervised" */
    readonly title: string,
    readonly cells: readonly GridCell[],
    /** What is to be known besides: choices of ours. */
    readonly note = "",
  ) {
    super();
    const taken = new Set<string>();
    for (const cell of cells) {
      if (taken.has(placeOf(cell)))
        throw new RangeError(
          `${name}: expected one cell a place, found two in group "${cell.group}", row "${cell.row}", column "${cell.column}"`,
        );
      taken.add(placeOf(cell));
    }
  }

  /** Only some of the cells. @throws RangeError if none is left */
  where(choose: (cell: GridCell) => boolean): Grid {
    const cells = this.cells.filter(choose);
    if (cells.length === 0) throw new RangeError(`${this.name}: no cell is left of ${this.cells.length}`);
    return new Grid(this.name, this.title, cells, this.note);
  }

  /** Each trial once, baselines included. */
  get trials(): Trial[] {
    const trials = this.cells.flatMap(({ trial, baseline }) => (baseline ? [baseline, trial] : [trial]));
    return [...new Map(trials.map((trial) => [JSON.stringify(trial.spec), trial])).values()];
  }

  /** Places in order: groups with rows, and columns. */
  get places(): { readonly rows: readonly { group: string; row: string }[]; readonly columns: readonly string[] } {
    const rows = new Map(this.cells.map(({ group, row }) => [`${group}\n${row}`, { group, row }]));
    return { rows: [...rows.values()], columns: [...new Set(this.cells.map(({ column }) => column))] };
  }

  /** The table with what `text` says of each place; undefined where it has no cell. */
  layout(text: (at: number | undefined) => string, note: string): TextGrid {
    const { rows, columns } = this.places;
    const at = new Map(this.cells.map((cell, i) => [placeOf(cell), i]));
    return {
      caption: this.title,
      columns: [
        ...["", ""].map((head) => ({ head, numeric: false })),
        ...columns.map((head) => ({ head, numeric: true })),
      ],
      rows: rows.map(({ group, row }) => ({
        cells: [group, row, ...columns.map((column) => text(at.get(placeOf({ group, row, column }))))],
      })),
      note,
    };
  }

  protected override summary(): string {
    return `${this.name}, ${this.trials.length} trials`;
  }

  protected override grid(): TextGrid {
    const paper = (at: number | undefined): string => {
      const error = at === undefined ? undefined : this.cells[at]!.paper;
      return error === undefined ? "–" : decimal(error, 2);
    };
    const more = this.note === "" ? "" : ` ${this.note}`;
    return this.layout(
      paper,
      `Test error in % that the paper has; ${this.trials.length} trials, each to be run once a seed.${more}`,
    );
  }
}

function placeOf({ group, row, column }: Pick<GridCell, "group" | "row" | "column">): string {
  return JSON.stringify([group, row, column]);
}
