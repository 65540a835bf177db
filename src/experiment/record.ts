import { SelfTrainingResult } from "../semi/index.js";
import { Pretrained } from "../ssp/index.js";
import type { EpochRecord, Score } from "../train/index.js";
import type { Outcome } from "./execute.js";
import type { Run } from "./run.js";

/** Where and when a run was done. */
export interface Provenance {
  /** Backend: "simd", "webgpu", ... */
  readonly device: string;
  readonly versions: Readonly<Record<string, string>>;
  /** ISO date and time. */
  readonly finished: string;
}

/** A score as JSON has it. */
export interface ScoreRecord {
  /** From 0. */
  readonly epoch: number;
  /** Test images of each true class (rows) by predicted class. */
  readonly counts: readonly (readonly number[])[];
}

/** A run, and the id of the one that it needed. */
export type RunSummary = Omit<Run, "needs"> & { readonly needs?: string };

/** A run that is done: a line of runs.jsonl. Everything that tables and figures show comes from here. */
export interface RunRecord extends Provenance {
  readonly status: "done";
  readonly run: RunSummary;
  /** What the images were, in words. */
  readonly data: string;
  /** SHA-256 of the images and labels that were trained on and tested on. */
  readonly digests: unknown;
  /** Names of the classes, in label order. */
  readonly classes: readonly string[];
  /** Training images of each class, pseudo-labels not counted. */
  readonly images: readonly number[];
  /** Of training and evaluation, of this run alone. */
  readonly seconds: number;
  /** Mean training loss of each epoch. */
  readonly losses: readonly number[];
  /** What was found where an epoch (from 0) was evaluated: { epoch: 9, test: 0.71 }. */
  readonly evaluations: readonly Readonly<Record<string, number>>[];
  /** After the last epoch; nothing after pre-training. */
  readonly last?: ScoreRecord;
  /** The best test accuracy of all evaluated epochs, which the paper's tables hold: it has seen the test set. */
  readonly best?: ScoreRecord;
  /** Pseudo-labels (columns) against true classes (rows), where D_U shows the classes of D_L. */
  readonly pseudoLabels?: ScoreRecord["counts"];
}

/** A run that failed: it is tried again next time. */
export interface FailureRecord extends Provenance {
  readonly status: "failed";
  readonly run: RunSummary;
  readonly error: string;
}

export function recordOf(run: Run, outcome: Outcome, provenance: Provenance): RunRecord {
  if (outcome instanceof Pretrained) {
    const { records, configuration } = outcome;
    const empty = { data: run.label, classes: [], images: [] };
    return { ...common(run, records, configuration, provenance), ...empty };
  }
  const fit = outcome instanceof SelfTrainingResult ? outcome.final : outcome;
  const labeled = outcome instanceof SelfTrainingResult ? outcome.base.data.train : fit.data.train;
  return {
    ...common(run, fit.records, fit.configuration, provenance),
    data: fit.data.name ?? "",
    classes: labeled.classes,
    images: labeled.counts(),
    last: score(fit.last),
    best: score(fit.best),
    ...(outcome instanceof SelfTrainingResult && quality(outcome)),
  };
}

function common(
  run: Run,
  records: readonly EpochRecord[],
  configuration: Readonly<Record<string, unknown>>,
  provenance: Provenance,
) {
  const seconds = records.reduce((sum, record) => sum + record.seconds, 0);
  return {
    ...{ status: "done" as const, run: summary(run), digests: configuration["data"] },
    seconds: Number(seconds.toFixed(1)),
    losses: records.map(({ loss }) => Number(loss.toPrecision(5))),
    evaluations: records
      .filter(({ metrics }) => Object.keys(metrics).length > 0)
      .map(({ epoch, metrics }) => ({ epoch, ...metrics })),
    ...provenance,
  };
}

export function summary({ needs, ...run }: Run): RunSummary {
  return { ...run, ...(needs && { needs: needs.id }) };
}

function score({ epoch, confusion }: Score): ScoreRecord {
  return { epoch, counts: confusion.counts };
}

function quality({ base, rounds }: SelfTrainingResult) {
  const { pseudoLabels } = rounds.at(-1)!;
  const same = pseudoLabels.unlabeled.classes.join() === base.data.train.classes.join();
  return same ? { pseudoLabels: pseudoLabels.quality().counts } : {};
}
