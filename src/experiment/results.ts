import { ConfusionMatrix } from "../eval/index.js";
import { formatMeasured, Tabular, type Grid as TextGrid } from "../show/index.js";
import { byError, type Failure } from "./failure.js";
import type { Grid, GridCell } from "./grid.js";
import type { RunRecord } from "./record.js";
import { plan } from "./run.js";
import { differences, sample, type Point, type Sample } from "./sample.js";
import type { Scale } from "./scale.js";
import { errorOf } from "./store.js";
import type { Trial } from "./trial.js";

/** Which error of a run: after the last epoch, or the best of all evaluated epochs, as the paper's tables have it. */
export type Which = "last" | "best";

/** A cell with what was measured for it. */
export interface CellResult extends GridCell {
  readonly error: Sample;
  /** Error of the baseline minus error of the trial, of runs with the same seed; above 0: better than the baseline. */
  readonly gain?: Sample;
  readonly paperGain?: number;
}

/** A grid with the runs that were done for it, at one scale. Shows itself as a table. */
export class Results extends Tabular {
  constructor(
    readonly table: Grid,
    readonly scale: Scale,
    /** Runs of the grid's trials at this scale; others are not looked at. */
    readonly records: readonly RunRecord[],
    readonly failures: readonly Failure[] = [],
    /** Where the runs come from: "here", or "recorded". */
    readonly source: "here" | "recorded" = "here",
  ) {
    super();
  }

  /** All runs of a trial, by seed. */
  runs(trial: Trial): RunRecord[] {
    const series = seriesOf(trial, this.scale);
    return this.records.filter(({ run }) => run.series === series).sort((a, b) => a.run.seed - b.run.seed);
  }

  /** Test images of all runs of a trial, by true class and predicted class. @throws RangeError if there is no run */
  confusion(trial: Trial, which: Which = "last"): ConfusionMatrix {
    const found = this.runs(trial).filter((record) => record[which]);
    const [first] = found;
    if (!first)
      throw new RangeError(`There is no run of ${trial.toString()} at scale ${this.scale.name} (${this.source})`);
    const counts = first.classes.map((_, i) =>
      first.classes.map((__, j) => found.reduce((sum, record) => sum + record[which]!.counts[i]![j]!, 0)),
    );
    return new ConfusionMatrix({ classes: first.classes, counts });
  }

  /** Errors of a trial's runs, also of one that is only a baseline; n = 0 where there are none. */
  errorOf(trial: Trial, which: Which = "last"): Sample {
    return sample(errors(this.runs(trial), which));
  }

  cells(which: Which = "last"): CellResult[] {
    return this.table.cells.map((cell) => {
      const error = this.errorOf(cell.trial, which);
      if (!cell.baseline) return { ...cell, error };
      const gain = sample(differences(error, this.errorOf(cell.baseline, which)));
      const { paper, paperBaseline } = cell;
      const known = paper !== undefined && paperBaseline !== undefined;
      return { ...cell, error, gain, ...(known && { paperGain: paperBaseline - paper }) };
    });
  }

  /** What the grid's cells are held against, where it is one trial for all. */
  baseline(which: Which = "last"): Sample | undefined {
    const trials = new Map(this.table.cells.map(({ baseline }) => [JSON.stringify(baseline?.spec), baseline]));
    const [only] = [...trials.values()];
    const found = trials.size === 1 && only ? this.errorOf(only, which) : undefined;
    return found && found.n > 0 ? found : undefined;
  }

  /** Scale, images (where the scale does not say which) and devices that the numbers come from. */
  get provenance(): string {
    const { name, description } = this.scale;
    const images = this.records.filter(({ last }) => last).map(({ data }) => data.split(", ")[0]!);
    const unsaid = images.filter((one) => !description.toLowerCase().includes(one.toLowerCase()));
    const devices = this.records.map(({ device }) => device);
    const list = (what: string, all: readonly string[]): string =>
      all.length === 0 ? "" : `; ${what} ${[...new Set(all)].join(", ")}`;
    return `scale ${name}: ${description}${list("images", unsaid)}${list("device", devices)}`;
  }

  protected override grid(): TextGrid {
    const cells = this.cells();
    const shown = (at: number | undefined): string => {
      const error = at === undefined ? undefined : cells[at]!.error;
      return error && error.n > 0 ? formatMeasured(error.mean, sdOf(error), 4) : "–";
    };
    const most = Math.max(0, ...cells.map(({ error }) => error.n));
    const failed = byError(this.failures).map(([error, runs]) => ` Failed: ${runs}: ${error}.`);
    return this.table.layout(
      shown,
      `Test error in %, last epoch, mean ± sd, n ≤ ${most}; ${this.provenance}.${failed.join("")}`,
    );
  }
}

function sdOf({ sd }: Sample): number | undefined {
  return Number.isNaN(sd) ? undefined : sd;
}

function errors(records: readonly RunRecord[], which: Which): Point[] {
  return records.flatMap(({ run, ...record }) => {
    const score = record[which];
    return score ? [{ seed: run.seed, value: errorOf(score.counts) }] : [];
  });
}

function seriesOf(trial: Trial, scale: Scale): string | undefined {
  // What cannot be planned at this scale has no runs.
  return trial.spec.set in scale.sets ? plan(trial, { scale, seed: 0 }).series : undefined;
}
