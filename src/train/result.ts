import type { Normalization } from "../data/index.js";
import type { ConfusionMatrix } from "../eval/index.js";
import { softmaxScale } from "../losses/index.js";
import type { Network } from "../models/index.js";
import { formatNumber, Tabular, type Grid, type GridRow } from "../show/index.js";
import { Classifier } from "./classifier.js";
import type { Configuration } from "./configuration.js";
import type { EpochRecord } from "./events.js";
import type { ResolvedRecipe } from "./recipe.js";
import type { Score, Scores } from "./scoreboard.js";
import type { TrainingData } from "./training-data.js";

/** Of `scoreRows`. */
export const SCORE_COLUMNS: Grid["columns"] = [
  { head: "test set", numeric: false },
  ...["epoch", "accuracy", "error", "mean recall"].map((head) => ({ head, numeric: true })),
];

/** A trained network, and how well it does. Shows itself as a table. */
export class FitResult extends Tabular {
  /**
   * Of the configuration. Of the same images on the same device, runs with equal ids give equal networks; the configuration says
   * which images only where there is a folder, and how often is evaluated only with `keep: "selected"`: `best` and `selected` depend on
   * that.
   */
  readonly id: string;
  /** As it was after the last epoch; with `keep: "selected"` after the one that validation chose. Disposed of with the result. */
  readonly network: Network;
  readonly configuration: Configuration;
  /** All epochs. */
  readonly records: readonly EpochRecord[];
  /** After the last epoch. */
  readonly last: Score;
  /** The best test accuracy of all evaluated epochs (`evaluateEvery`), which the paper's tables hold: it has seen the test set. */
  readonly best: Score;
  /**
   * Where the mean recall of the classes was best on the validation set, so that a rare class counts as much as a frequent one;
   * undefined without one.
   */
  readonly selected: Score | undefined;
  readonly data: TrainingData;
  readonly normalization: Normalization;
  readonly recipe: ResolvedRecipe;

  constructor(given: {
    readonly id: string;
    readonly network: Network;
    readonly configuration: Configuration;
    readonly records: readonly EpochRecord[];
    readonly scores: Scores;
    readonly data: TrainingData;
    readonly normalization: Normalization;
    readonly recipe: ResolvedRecipe;
  }) {
    super();
    [this.id, this.network, this.configuration, this.records] = [
      given.id,
      given.network,
      given.configuration,
      given.records,
    ];
    [this.last, this.best, this.selected] = [given.scores.last, given.scores.best, given.scores.selected];
    [this.data, this.normalization, this.recipe] = [given.data, given.normalization, given.recipe];
  }

  /** Of `network`: `last`, or `selected` where that was kept. */
  get score(): Score {
    return this.configuration["keep"] === "selected" ? this.selected! : this.last;
  }

  /** Seconds of training and evaluation. */
  get seconds(): number {
    return this.records.reduce((sum, { seconds }) => sum + seconds, 0);
  }

  /** The network with all that its use takes, to be saved and to classify files by. Goes with the result. */
  get classifier(): Classifier {
    const { network, normalization, recipe, data } = this;
    const { classes, shape, preprocessing } = data.train;
    return new Classifier(network, { classes, shape, preprocessing, normalization, scale: softmaxScale(recipe.loss) });
  }

  dispose(): void {
    this.network.dispose();
  }

  /** Loss and test error of each epoch, for `report.trainingCurves({ title, runs: [fit.curve("CE"), other.curve("LDAM")] })`. */
  curve(name: string): { name: string; loss: number[]; error: (number | null)[] } {
    const error = this.records.map(({ metrics: { test } }) => (test === undefined ? null : 1 - test));
    return { name, loss: this.records.map(({ loss }) => loss), error };
  }

  /** Rows of a table of scores: what, epoch, accuracy, error, mean recall; below a heading. */
  scoreRows(group?: string): GridRow[] {
    const shares = ({ accuracy, error, balancedAccuracy }: ConfusionMatrix) => [accuracy, error, balancedAccuracy];
    const percent = (share: number): string => `${formatNumber(100 * share, 4)} %`;
    const row = (what: string, { epoch, confusion }: Score) => ({
      cells: [what, String(epoch + 1), ...shares(confusion).map(percent)],
      ...(group !== undefined && { group }),
    });
    return [
      row("last epoch", this.last),
      row("best accuracy", this.best),
      ...(this.selected ? [row("chosen by validation", this.selected)] : []),
    ];
  }

  protected override summary(): string {
    return `${this.recipe.model}, error ${formatNumber(100 * this.score.confusion.error, 4)} %`;
  }

  protected override grid(): Grid {
    return { columns: SCORE_COLUMNS, rows: this.scoreRows() };
  }
}
