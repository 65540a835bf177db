import { join } from "node:path";
import { meanTeacher, selfTraining, SelfTrainingResult, vat } from "../semi/index.js";
import { Pretrained } from "../ssp/index.js";
import { fit, FitResult, type Observer, type RunOptions, type TrainingData } from "../train/index.js";
import { canonical } from "../train/configuration.js";
import { longTailed, type LongTailedOptions } from "./long-tailed.js";
import { PRETRAINERS } from "./pretrainers.js";
import type { Run, RunTask } from "./run.js";

/** What came out of a run. Dispose of it. */
export type Outcome = FitResult | SelfTrainingResult | Pretrained;

export interface ExecuteOptions {
  /** The folder of the store; each run has one in it, named by its id. */
  readonly store: string;
  readonly signal?: AbortSignal;
  /** Whether a progress bar is shown. Default true. */
  readonly progress?: boolean;
  /** Told of the run's own training, not of those it needs. */
  readonly onEvent?: Observer;
}

/**
 * Trains what a run says, in its folder: what is done there is read, what was stopped goes on. What the run needs comes first;
 * usually it is there already.
 * @throws as `train.fit`
 */
export async function execute(run: Run, options: ExecuteOptions): Promise<Outcome> {
  const { store, onEvent, ...common } = options;
  const before = async (one: Run | undefined) => one && (await execute(one, { store, ...common }));
  const kept = { ...common, ...(onEvent && { onEvent }), folder: join(store, run.id), label: run.label };
  // After pre-training, the final network of a self-training begins as its base did.
  const first = await before(run.task === "self-training" ? run.needs?.needs : run.needs);
  try {
    const initial = first instanceof Pretrained ? { initial: first.network } : {};
    const given = { data: await dataFor(run.data), ...run.options, ...kept, ...initial };
    return await perform(run, given, () => before(run.needs));
  } finally {
    first?.dispose();
  }
}

type Given = { readonly data: TrainingData } & RunOptions;

async function perform(run: Run, options: Given, base: () => Promise<Outcome | undefined>): Promise<Outcome> {
  switch (run.task) {
    case "fit":
      return fit(options);
    case "mean-teacher":
      return meanTeacher(options);
    case "vat":
      return vat(options);
    case "self-training": {
      const trained = await base();
      if (!(trained instanceof FitResult)) throw new TypeError(`${run.label}: a self-training needs a trained network`);
      return selfTrained(trained, options);
    }
    default:
      return PRETRAINERS[run.task satisfies Exclude<RunTask, "fit">](options);
  }
}

async function selfTrained(base: FitResult, options: Given): Promise<SelfTrainingResult> {
  try {
    const { rounds } = await selfTraining({ ...options, base });
    // Disposed of with it.
    return new SelfTrainingResult(base, rounds, true);
  } catch (error) {
    base.dispose();
    throw error;
  }
}

/** The sets used last: runs of a table share theirs, and making one takes a second. */
const recent = new Map<string, Promise<TrainingData>>();
const KEPT = 4;

/** Also for looking at: the same images as the run had. */
export function dataFor(options: LongTailedOptions): Promise<TrainingData> {
  const key = canonical(options);
  const data = recent.get(key) ?? longTailed(options);
  recent.delete(key);
  recent.set(key, data);
  data.catch(() => recent.delete(key));
  if (recent.size > KEPT) recent.delete(recent.keys().next().value!);
  return data;
}
