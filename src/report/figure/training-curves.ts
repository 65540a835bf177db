import { refuseUnknown } from "../../options.js";
import type { Figure } from "./figure.js";
import { lines } from "./lines.js";
import { multiples } from "./multiples.js";
import type { Series } from "./series.js";
import { spread } from "./spread.js";

/** One run. Runs of the same name are repetitions of one method, with other seeds. */
export interface TrainingRun {
  readonly name: string;
  /** Mean training loss of each epoch, from the first; left out where it is no finite number. */
  readonly loss: readonly number[];
  /** Error after each epoch, shares in [0, 1]; null where it was not evaluated. As many as `loss` has. */
  readonly error: readonly (number | null)[];
}

/** Options of `trainingCurves`. */
export interface TrainingCurvesOptions {
  /** The finding. */
  readonly title: string;
  /** A line below it: data set, ρ, network. What bands and dotted lines are is added to it. */
  readonly detail?: string;
  /** In the order of the legend. */
  readonly runs: readonly TrainingRun[];
  /** After how many epochs the learning rate falls: 160 for a schedule whose epoch 160, counted from 0, has the lower rate. */
  readonly milestones?: readonly number[];
  /** Default "test error". */
  readonly errorTitle?: string;
  /** Logarithmic loss? Default false. */
  readonly logLoss?: boolean;
  /** Pixels of each panel (default 250). */
  readonly rowHeight?: number;
}

const OPTIONS = ["title", "detail", "runs", "milestones", "errorTitle", "logLoss", "rowHeight"];

/**
 * Loss above error, against epochs done (1 after the first). Repetitions are one curve, their mean, in a band of one standard
 * deviation either way.
 *
 * @throws RangeError for an unknown option, no run, lengths that differ in a run or among repetitions, or an error outside [0, 1].
 */
export function trainingCurves(options: TrainingCurvesOptions): Figure {
  refuseUnknown("trainingCurves", options, OPTIONS);
  const { title, detail, runs, milestones = [], errorTitle = "test error", logLoss = false } = options;
  if (runs.length === 0) throw new RangeError("trainingCurves: expected one or more runs, found none");
  runs.forEach(refuse);
  const methods = [...new Set(runs.map(({ name }) => name))];
  const longest = Math.max(...runs.map(({ loss }) => loss.length));
  const panel = (part: "loss" | "error", yTitle: string): Figure =>
    lines({
      title: "",
      x: { title: "epochs", range: [0, longest] },
      y: { title: yTitle, ...(part === "error" ? { format: ".0%" } : { log: logLoss }) },
      series: methods.map((name) => curve(name, runs.filter((run) => run.name === name).map((run) => run[part]))), // prettier-ignore
      references: milestones.map((x) => ({ x })),
    });
  const below = [
    ...(detail === undefined ? [] : [detail]),
    ...(methods.length < runs.length ? ["bands: one standard deviation over runs"] : []),
    ...(milestones.length > 0 ? ["dotted: the learning rate falls"] : []),
  ];
  return multiples({
    title,
    ...(below.length > 0 && { detail: below.join("; ") }),
    panels: [panel("loss", "training loss"), panel("error", errorTitle)],
    columns: 1,
    rowHeight: options.rowHeight ?? 250,
  });
}

/** Only epochs of which all repetitions have a number. */
function curve(name: string, runs: readonly (readonly (number | null)[])[]): Series {
  const { mean, deviation } = spread(`trainingCurves: runs "${name}"`, runs);
  const at = mean.flatMap((value, epoch) => (value === null ? [] : [epoch]));
  return {
    name,
    as: "line",
    x: at.map((epoch) => epoch + 1),
    y: at.map((epoch) => mean[epoch]!),
    ...(runs.length > 1 && { error: at.map((epoch) => deviation[epoch]!) }),
  };
}

function refuse({ name, loss, error }: TrainingRun): void {
  const caller = `trainingCurves: run "${name}"`;
  if (loss.length === 0 || loss.length !== error.length) {
    throw new RangeError(
      `${caller}: expected a loss and an error of each epoch, found ${loss.length} and ${error.length}`,
    );
  }
  const wrong = error.find((value) => value !== null && !(value >= 0 && value <= 1));
  if (wrong !== undefined) throw new RangeError(`${caller}: errors must be shares in [0, 1] or null (got ${wrong})`);
}
