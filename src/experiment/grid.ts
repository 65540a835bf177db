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

/** Trials in the order of a table of the paper, or a figure. */
export class Grid {
  constructor(
    /** "table1a" */
    readonly name: string,
    /** "Table 1a: CIFAR-10-LT, semi-supervised" */
    readonly title: string,
    readonly cells: readonly GridCell[],
    /** What is to be known besides: choices of ours. */
    readonly note = "",
  ) {}

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
}
