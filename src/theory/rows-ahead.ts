/**
 * Draws rows of standard normal numbers, each number with a label that is right with probability `chance` if that is given,
 * and sums them: `device.normalSums`. Rows are numbered, and a row is the same whenever it is asked for.
 */
export type NormalSums = (rows: {
  seed: number;
  from: number;
  rows: number;
  length: number;
  chance?: number;
}) => Promise<RowSums>;

/** Of each row: how many labels are right, the sum of its numbers, the sum of their squares. */
export interface RowSums {
  readonly hits: Float64Array;
  readonly sums: Float64Array;
  readonly squares: Float64Array;
}

/** Rows that every trial has. */
export interface RowKind {
  readonly seed: number;
  readonly length: number;
  readonly chance?: number;
  /** In a trial. Default 1. */
  readonly rows?: number;
}

/** Trials that are drawn at once take so long (ms) that calling the device costs little, and that an interrupt is soon heard. */
const [shortest, longest] = [40, 160];
const mostRows = 2 ** 20;

/** Draws the rows of trials before they are asked for, as many at once as suits the device. */
export class RowsAhead {
  private from = 0;
  private until = 0;
  private atOnce: number;
  private drawn: RowSums[] = [];

  constructor(
    private readonly sums: NormalSums,
    private readonly kinds: readonly RowKind[],
    private readonly trials: number,
  ) {
    const numbers = kinds.reduce((sum, { length, rows = 1 }) => sum + rows * length, 0);
    this.atOnce = Math.ceil(2 ** 20 / numbers);
  }

  /** Draws the rows of a trial, and of some that follow, unless they are there. */
  ready(trial: number): Promise<void> | undefined {
    return trial < this.until ? undefined : this.draw(trial);
  }

  /** The i-th row of a kind of a trial that is ready. */
  row(kind: number, trial: number, i = 0): { hits: number; sum: number; squares: number } {
    const { rows = 1 } = this.kinds[kind]!;
    const at = (trial - this.from) * rows + i;
    const { hits, sums, squares } = this.drawn[kind]!;
    return { hits: hits[at]!, sum: sums[at]!, squares: squares[at]! };
  }

  private async draw(from: number): Promise<void> {
    const most = Math.floor(mostRows / Math.max(...this.kinds.map(({ rows = 1 }) => rows)));
    const count = Math.min(this.trials - from, this.atOnce, Math.max(1, most));
    const began = performance.now();
    const requests = this.kinds.map(({ rows = 1, ...kind }) =>
      this.sums({ ...kind, from: from * rows, rows: count * rows }),
    );
    this.drawn = await Promise.all(requests);
    [this.from, this.until] = [from, from + count];
    const took = performance.now() - began;
    if (took < shortest && count === this.atOnce) this.atOnce *= 2;
    if (took > longest) this.atOnce = Math.max(1, Math.floor(this.atOnce / 2));
  }
}
