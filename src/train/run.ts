import { join } from "node:path";
import { abortSignal, callback, count, flag, optional, positive, text, type Rule } from "../options.js";
import { runId, type Configuration } from "./configuration.js";
import type { EpochRecord, Observer } from "./events.js";
import { interruption } from "./interruption.js";
import { loop, type LoopOptions } from "./loop.js";
import { metricsFile } from "./observers/metrics-file.js";
import { progressBar } from "./observers/progress-bar.js";
import { tensorBoard } from "./observers/tensorboard.js";
import { inRunFolder, writeJson } from "./run-folder.js";
import type { AnyTask } from "./task.js";

/**
 * What every kind of training takes, besides what is trained. None of it changes the network that comes out, but `evaluateEvery` where
 * validation chooses the epoch that is kept.
 */
export interface RunOptions {
  /**
   * Where the run is kept: config.json, metrics.jsonl, result.json, checkpoints, TensorBoard's events. A run that was stopped
   * there goes on; one that is done is not done again. Default: nowhere, and it cannot go on.
   */
  readonly folder?: string;
  /** Ends the run after the step it is in, with a checkpoint. A notebook's interrupt and Ctrl-C do so without it. */
  readonly signal?: AbortSignal;
  /** Whether a progress bar is shown. Default true. */
  readonly progress?: boolean;
  /** What it is called there. Default: what is trained. */
  readonly label?: string;
  /** Told of every step, evaluation, epoch and checkpoint. */
  readonly onEvent?: Observer;
  /**
   * Epochs between two evaluations; the last epoch is evaluated anyway. Scores are of evaluated epochs, `best`
   * among them: of a run that is done in its folder, of those it was asked for then. Default 1.
   */
  readonly evaluateEvery?: number;
  /** Seconds between two checkpoints within an epoch; there is one after each epoch anyway. Default 60. */
  readonly checkpointEvery?: number;
}

export const runRules: Record<keyof RunOptions, Rule> = {
  folder: optional(text),
  signal: optional(abortSignal),
  progress: optional(flag),
  label: optional(text),
  onEvent: optional(callback),
  evaluateEvery: optional(count),
  checkpointEvery: optional(positive),
};

/** What the loop needs besides. */
type Course = Pick<LoopOptions, "epochs" | "schedule" | "optimizer">;

/**
 * Trains a task in its folder, shows how far it is, and stops when it is asked to.
 * @returns all epochs, and the run's id
 */
export async function run(
  task: AnyTask,
  configuration: Configuration,
  course: Course,
  options: RunOptions,
): Promise<{ readonly id: string; readonly records: EpochRecord[] }> {
  const { folder, onEvent, evaluateEvery = 1, checkpointEvery = 60, label = "Training" } = options;
  const { signal, release } = interruption(options.signal);
  const observers: Observer[] = [];
  if (options.progress !== false) observers.push(progressBar(label));
  if (onEvent) observers.push(onEvent);
  const train = (more: Partial<LoopOptions> = {}): Promise<EpochRecord[]> =>
    loop(task, { ...course, evaluateEvery, checkpointEvery, signal, observers, ...more });
  try {
    signal.throwIfAborted();
    if (folder === undefined) return { id: runId(configuration), records: await train() };
    const onWarning = (message: string): void => process.emitWarning(message, "TrainingWarning");
    return await inRunFolder(folder, configuration, { signal, onWarning }, async ({ path, id, checkpoints }) => {
      const files = [metricsFile(join(path, "metrics.jsonl")), tensorBoard(path)];
      const records = await train({ checkpoints, observers: [...observers, ...files] });
      await writeJson(join(path, "result.json"), { id, configuration, records, memory: task.memory?.save() });
      return { id, records };
    });
  } finally {
    release();
  }
}
