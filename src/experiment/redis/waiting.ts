import type { FlowProducer, Job, Queue } from "bullmq";
import type { Redis } from "ioredis";
import { pause } from "../../pause.js";
import type { Update } from "../queue.js";
import type { Run } from "../run.js";
import type { RunStore } from "../store.js";
import { flowOf, idsOf, jobId, runIdIn, type JobData } from "./job.js";

/** Milliseconds between two looks at what the workers do, and every so many-th look is for what was lost. */
const LOOK_EVERY = 300;
const AUDIT_EVERY = 10;
/** A run that vanished from the queue is added so often in all. */
const ADDED_AT_MOST = 4;

interface Place {
  readonly queue: Queue<JobData>;
  readonly flows: FlowProducer;
  readonly connection: Redis;
  readonly kept: RunStore;
  readonly onUpdate: (update: Update) => void;
  /** Of the Redis, for people. */
  readonly address: string;
}

/**
 * Runs that workers are to do. What counts is the store: it is looked at again and again, so that no message can be missed.
 */
export class Waiting {
  private readonly missing: Map<string, Run>;
  private readonly begun = new Set<string>();
  private readonly added = new Map<string, number>();
  private waitsFor: string | undefined;

  constructor(
    runs: readonly Run[],
    private readonly at: Place,
  ) {
    this.missing = new Map(runs.map((run) => [run.id, run]));
  }

  /** Adds the runs and waits until each is done or failed. @throws the signal's reason */
  async until(signal: AbortSignal): Promise<void> {
    let stop!: () => void;
    const stopped = new Promise<never>((_, reject) => (stop = () => reject(signal.reason as Error)));
    signal.addEventListener("abort", stop);
    // What is asked of a Redis that is away waits for it: neither the news of that nor who waits here has to.
    this.at.connection.on("close", this.onGone);
    try {
      if (this.at.connection.status !== "ready") this.onGone();
      await Promise.race([this.all(signal), stopped]);
    } finally {
      this.at.connection.off("close", this.onGone);
      signal.removeEventListener("abort", stop);
    }
  }

  private readonly onGone = (): void => this.waitFor(`Redis, which has gone away from ${this.at.address}`);

  private async all(signal: AbortSignal): Promise<void> {
    await this.forgetFailures();
    for (let look = 0; this.missing.size > 0; look++) {
      signal.throwIfAborted();
      if (look % AUDIT_EVERY === 0) await this.audit();
      else await this.look();
      if (this.missing.size > 0) await pause(LOOK_EVERY, signal);
    }
  }

  /** How far the active ones are, what has failed, what is done. */
  private async look(): Promise<void> {
    const { queue, onUpdate } = this.at;
    for (const job of await queue.getActive()) {
      const { progress } = job;
      const run = this.missing.get(runIdIn(job) ?? "");
      // A worker says so of a run that it really does.
      if (!run || typeof progress !== "object" || progress === null || !("fraction" in progress)) continue;
      this.waitFor(undefined);
      this.begin(run);
      onUpdate({ type: "progress", run, fraction: progress.fraction as number });
    }
    const failed = await queue.getFailed();
    this.takeDone();
    for (const job of failed) this.takeFailed(job);
  }

  /** Adds what is neither in the queue nor done: at first, and after a Redis lost it. */
  private async audit(): Promise<void> {
    const { queue, connection } = this.at;
    await this.look();
    const runs = [...this.missing.values()];
    if (runs.length === 0) return; // the last has just failed, or was done: nothing is waited for
    const states = await connection.pipeline(runs.map((run) => ["exists", queue.toKey(jobId(run))])).exec();
    // A worker records what is done before it leaves the queue.
    this.takeDone();
    const lost = runs.filter(({ id }, i) => states?.[i]?.[1] === 0 && this.missing.has(id));
    await this.add(lost);
    const workers = await queue.getWorkersCount().catch(() => undefined);
    const isIdle = workers === 0;
    const { address, kept } = this.at;
    this.waitFor(isIdle ? `a worker: longtail worker --queue ${address} --store "${kept.path}"` : undefined);
  }

  private async add(runs: readonly Run[]): Promise<void> {
    const { queue, flows, kept } = this.at;
    const failures = new Map(kept.failures().map(({ run, finished }) => [run.id, finished]));
    for (const run of runs) {
      const times = (this.added.get(run.id) ?? 0) + 1;
      this.added.set(run.id, times);
      if (times > ADDED_AT_MOST) {
        const why = "Do the workers use the same store? Has Redis lost its data (start it with --appendonly yes)?";
        const what = `It was in the queue ${times - 1} times and is gone from there, but there is no record of it in ${kept.path}`;
        this.fail(run, new Error(`${what}. ${why}`));
        continue;
      }
      const options = { queueName: queue.name, missing: this.missing, failed: (one: Run) => failures.get(one.id) };
      await flows.add(flowOf(run, options));
    }
  }

  /** What failed in an earlier sweep is tried again. */
  private async forgetFailures(): Promise<void> {
    const { queue } = this.at;
    const options = { queueName: queue.name, missing: this.missing, failed: () => undefined };
    const ids = new Set([...this.missing.values()].flatMap((run) => idsOf(flowOf(run, options))));
    for (const job of await queue.getFailed()) if (ids.has(job.id!)) await job.remove();
  }

  private takeDone(): void {
    for (const { run } of this.at.kept.records()) {
      const done = this.missing.get(run.id);
      if (!done) continue;
      this.missing.delete(run.id);
      this.begin(done);
      this.at.onUpdate({ type: "done", run: done });
    }
  }

  private takeFailed({ id, failedReason }: Job<JobData>): void {
    const run = [...this.missing.values()].find((one) => jobId(one) === id);
    if (run) this.fail(run, new Error(failedReason));
  }

  private fail(run: Run, error: Error): void {
    this.missing.delete(run.id);
    this.begin(run);
    this.at.onUpdate({ type: "failed", run, error });
  }

  private begin(run: Run): void {
    if (this.begun.has(run.id)) return;
    this.begun.add(run.id);
    this.at.onUpdate({ type: "begin", run });
  }

  private waitFor(what: string | undefined): void {
    if (what === this.waitsFor) return;
    this.waitsFor = what;
    this.at.onUpdate({ type: "waiting", ...(what !== undefined && { on: what }) });
  }
}
