import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ensure } from "../backend/device.js";
import { abortSignal, check, count, flag, having, optional, text, type Rule } from "../options.js";
import { progress as progressBar, type Progress } from "../show/index.js";
import { interruption } from "../train/interruption.js";
import type { Failure } from "./failure.js";
import { Grid } from "./grid.js";
import { inProcess } from "./in-process.js";
import { defaultJobs } from "./pool.js";
import { processes } from "./processes.js";
import type { Queue, Update } from "./queue.js";
import { Results } from "./results.js";
import { lineage, plan, type Run } from "./run.js";
import { scaleOf, type Scale, type ScaleName } from "./scale.js";
import type { RunRecord } from "./record.js";
import { readEntries } from "./record-file.js";
import { RunStore } from "./store.js";
import { SETS } from "./trial.js";

export interface SweepOptions {
  /** How much is computed. Default "quick". */
  readonly scale?: ScaleName | Scale;
  /** So many seeds, from 0; or the seeds themselves. Default 1. */
  readonly seeds?: number | readonly number[];
  /** Where runs are kept: what is done there is not done again. Default: `LONGTAIL_RUNS`, else the folder "runs". */
  readonly store?: RunStore | string;
  /** Runs at once, each in a process of its own. Default: as many as the processor has cores, at most 8; 1 on a GPU. */
  readonly jobs?: number;
  /** Who does the runs, instead of `jobs` processes of this machine. */
  readonly queue?: Queue;
  /** Stops what runs after the step it is in. A notebook's interrupt and Ctrl-C do so without it. */
  readonly signal?: AbortSignal;
  /** Whether a progress bar is shown. Default true. */
  readonly progress?: boolean;
}

const gridRule: Rule = { range: "an experiment.Grid, such as experiment.table1a()", accepts: (v) => v instanceof Grid };
const seeds: Rule = {
  range: "a number of seeds >= 1, or an array of different safe integers",
  accepts: (v) =>
    count.accepts(v) ||
    (Array.isArray(v) && v.length > 0 && v.every(Number.isSafeInteger) && new Set(v).size === v.length),
};

/**
 * Does the runs of a grid: each cell's and its baseline's, for each seed; what several need is done once, what is in the store
 * not again, and what was stopped goes on. Runs that fail are tried again next time, and stop only those that need them.
 * @returns what is known of the grid at this scale with these seeds, with failures
 * @throws RangeError for an unknown option or a value out of range; the signal's reason
 */
export async function sweep(grid: Grid, options: SweepOptions = {}): Promise<Results> {
  check(
    "sweep",
    { grid, ...options },
    {
      grid: gridRule,
      scale: optional({
        range: "the name of a scale, or a Scale",
        accepts: (v) => typeof v === "string" || (typeof v === "object" && v !== null),
      }),
      ...{ seeds: optional(seeds), jobs: optional(count) },
      store: optional({ range: "a folder, or a RunStore", accepts: (v) => v instanceof RunStore || text.accepts(v) }),
      ...{ queue: optional(having("process")), signal: optional(abortSignal), progress: optional(flag) },
    },
  );
  const scale = scaleOf(options.scale ?? "quick");
  const chosen = seedsOf(options.seeds ?? 1);
  const store = options.store instanceof RunStore ? options.store : new RunStore(options.store);
  const runs = runsOf(grid, scale, chosen);
  const done = new Set(store.records().map(({ run }) => run.id));
  const missing = runs.filter(({ id }) => !done.has(id));
  const failures: Failure[] = [];
  const { signal, release } = interruption(options.signal);
  // Shown where nothing is to be done too: a notebook that is run again looks the same.
  const bar = options.progress === false ? undefined : new RunsBar(grid, runs, missing);
  try {
    signal.throwIfAborted();
    if (missing.length > 0) {
      await store.prepare();
      const queue = options.queue ?? (await localQueue(options.jobs, missing.length));
      const onUpdate = (update: Update): void => {
        bar?.update(update);
        if (update.type === "failed")
          failures.push({ label: update.run.label, seed: update.run.seed, error: update.error.message });
      };
      await queue.process(missing, { store: store.path, signal, onUpdate });
    }
    if (failures.length === 0) bar?.done();
  } finally {
    bar?.stop();
    release();
  }
  return resultsOf(grid, scale, store, { seeds: chosen, failures });
}

/**
 * What a store holds of a grid.
 * @param options `seeds`: which; default all. `failures`: of the runs that are not there, to be shown
 * @throws RangeError for an unknown option or scale, or what is no grid or store
 */
export function resultsOf(
  grid: Grid,
  given: ScaleName | Scale,
  store: Pick<RunStore, "records">,
  options: { readonly seeds?: readonly number[]; readonly failures?: readonly Failure[] } = {},
): Results {
  const list = { range: "an array", accepts: Array.isArray };
  const rules = { grid: gridRule, store: having("records"), seeds: optional(list), failures: optional(list) };
  check("resultsOf", { grid, store, ...options }, rules);
  const { seeds, failures = [] } = options;
  const scale = scaleOf(given);
  const chosen = (seed: number): boolean => seeds?.includes(seed) ?? true;
  const records = recordsOf(grid, scale, store.records()).filter(({ run }) => chosen(run.seed));
  return new Results(grid, scale, records, failures);
}

/**
 * The runs of a grid that come with this package, measured before: their records say when, on what device and with which
 * versions. None, where there are none at that scale.
 */
export function recorded(grid: Grid, given: ScaleName | Scale): Results {
  const scale = scaleOf(given);
  const files = existsSync(RECORDED) ? readdirSync(RECORDED).filter((name) => name.endsWith(".jsonl")) : [];
  const entries = files.flatMap((name) => readEntries(join(RECORDED, name)));
  const done = entries.filter((entry): entry is RunRecord => entry.status === "done");
  return new Results(grid, scale, recordsOf(grid, scale, done), [], "recorded");
}

const RECORDED = fileURLToPath(new URL("../../../datasets/results", import.meta.url));

function recordsOf(grid: Grid, scale: Scale, records: readonly RunRecord[]): RunRecord[] {
  const series = new Set(runsOf(grid, scale, [0]).map((run) => run.series));
  return records.filter(({ run }) => series.has(run.series));
}

/** Every run that a grid wants at a scale, each once, what is needed before what needs it. */
export function runsOf(grid: Grid, scale: Scale, seedList: readonly number[]): Run[] {
  const trials = grid.trials.filter(({ spec }) => scale.sets[spec.set]);
  if (trials.length === 0) {
    const names = [...new Set(grid.trials.map(({ spec }) => SETS[spec.set]))].join(", ");
    throw new RangeError(
      `${grid.name}: at scale "${scale.name}" there is nothing in place of ${names}; choose another scale`,
    );
  }
  const all = seedList.flatMap((seed) => trials.flatMap((trial) => lineage(plan(trial, { scale, seed }))));
  return [...new Map(all.map((run) => [run.id, run])).values()];
}

function seedsOf(given: number | readonly number[]): readonly number[] {
  return typeof given === "number" ? Array.from({ length: given }, (_, seed) => seed) : given;
}

async function localQueue(jobs: number | undefined, runs: number): Promise<Queue> {
  await ensure();
  const atOnce = Math.min(jobs ?? defaultJobs(), runs);
  return atOnce === 1 ? inProcess : processes(atOnce);
}

/** One bar over all runs, by their work: long ones count for more. */
class RunsBar {
  private readonly bar: Progress;
  private readonly fractions = new Map<string, number>();
  private ended: number;
  private failed = 0;

  constructor(
    grid: Grid,
    private readonly all: readonly Run[],
    missing: readonly Run[],
  ) {
    const absent = new Set(missing.map(({ id }) => id));
    for (const { id } of all) if (!absent.has(id)) this.fractions.set(id, 1);
    this.ended = all.length - missing.length;
    const total = all.reduce((sum, { work }) => sum + work, 0);
    this.bar = progressBar(total, { label: grid.title, unit: "images", done: this.work() });
    this.note();
  }

  update(update: Update): void {
    if (update.type === "waiting") return this.note(update.on);
    const { run } = update;
    if (update.type === "progress") this.fractions.set(run.id, update.fraction);
    if (update.type === "done") this.fractions.set(run.id, 1);
    if (update.type === "failed") this.failed++;
    if (update.type === "done" || update.type === "failed") {
      this.ended++;
      this.note();
    }
    this.bar.update(this.work());
  }

  done(): void {
    this.bar.done();
  }

  stop(): void {
    this.bar.stop();
  }

  private work(): number {
    return Math.round(this.all.reduce((sum, { id, work }) => sum + work * (this.fractions.get(id) ?? 0), 0));
  }

  private note(waitsFor?: string): void {
    const failed = this.failed === 0 ? "" : `, ${this.failed} failed`;
    const waiting = waitsFor === undefined ? "" : `; waiting for ${waitsFor}`;
    this.bar.note(`${this.ended} of ${this.all.length} runs${failed}${waiting}`);
  }
}
