import { hostname } from "node:os";
import { join } from "node:path";
import type { Job } from "bullmq";
import { ensure } from "../../backend/device.js";
import { withFolder } from "../../disk/folder-lock.js";
import { makeFolder } from "../../disk/folder.js";
import { defaultJobs, Pool } from "../pool.js";
import type { Update } from "../queue.js";
import { RunStore } from "../store.js";
import { connect, refusal, shown } from "./connection.js";
import { dataIn, queueName, type JobData } from "./job.js";

/** Milliseconds after which a worker that says nothing counts as gone. It says so every half of it. */
const GONE_AFTER = 15_000;
/** So many workers may go while they do a run; then the run is what kills them. */
const GONE_AT_MOST = 5;
/** Milliseconds until a run that another worker is doing is looked at again. */
const LOOK_AGAIN = 2000;
/** Milliseconds between two messages about how far a run is. */
const TELL_EVERY = 500;

export interface WorkerOptions {
  /** The sweeps' store. */
  readonly store: string;
  /** Runs at once, each in a process of its own. Default: as a sweep's. */
  readonly jobs?: number;
  /** Ends it: runs stop after the step they are in and go back to the queue, for others to go on with. */
  readonly signal: AbortSignal;
  readonly onUpdate?: (update: Update) => void;
}

/**
 * Does runs that sweeps have put in a Redis's queue, until its signal is aborted. What a worker was doing when it was killed
 * goes on elsewhere from its checkpoint; a Redis that goes away is waited for.
 * @throws Error without a Redis there; DiskError
 */
export async function redisWorker(address: string, options: WorkerOptions): Promise<void> {
  const { signal, onUpdate = () => undefined } = options;
  const kept = new RunStore(options.store);
  await ensure();
  const jobs = options.jobs ?? defaultJobs();
  const connection = await connect(address);
  const pool = new Pool(jobs);
  try {
    const { DelayedError, Worker, WaitingError } = await import("bullmq");
    const perform = async (job: Job<JobData>, token?: string): Promise<void> => {
      try {
        if ((await performOnce(job, { kept, pool, signal, onUpdate })) === "done") return;
      } catch (error) {
        if (!signal.aborted) throw error;
        // Without a Redis it cannot be given back: it will be missed.
        if (connection.status === "ready") await job.moveToWait(token);
        throw new WaitingError();
      }
      await job.moveToDelayed(Date.now() + LOOK_AGAIN, token);
      throw new DelayedError();
    };
    const worker = new Worker<JobData, void>(queueName(await kept.identity()), perform, {
      ...{ connection, concurrency: jobs, name: `${hostname()}-${process.pid}`, autorun: false },
      ...{ lockDuration: GONE_AFTER, stalledInterval: GONE_AFTER / 2, maxStalledCount: GONE_AT_MOST },
    });
    let waitsFor: string | undefined;
    const waitFor = (what?: string): void => {
      if (signal.aborted || what === waitsFor) return;
      waitsFor = what;
      onUpdate({ type: "waiting", ...(what !== undefined && { on: what }) });
    };
    // What else can be wrong with it is that Redis has gone away, or that another worker took over meanwhile: the store decides.
    worker.on("error", (error) => {
      const why = connection.status === "ready" ? refusal(error) : undefined;
      if (why !== undefined) waitFor(`Redis at ${shown(address)}, which refuses: ${why}`);
    });
    worker.on("active", () => waitFor());
    connection.on("close", () => waitFor(`Redis, which has gone away from ${shown(address)}`));
    connection.on("ready", () => waitFor());
    const running = worker.run();
    await aborted(signal);
    // With a Redis there, it takes back what is not done.
    await worker.close(connection.status !== "ready");
    connection.disconnect();
    await running.catch(() => undefined);
  } finally {
    pool.end();
    connection.disconnect();
  }
}

interface Work extends Pick<WorkerOptions, "signal"> {
  readonly kept: RunStore;
  readonly pool: Pool;
  readonly onUpdate: (update: Update) => void;
}

/** Does the run of a job unless it is done. @returns "busy" if another worker is doing it */
async function performOnce(job: Job<JobData>, { kept, pool, signal, onUpdate }: Work): Promise<"done" | "busy"> {
  const { run, failedBefore } = dataIn(job);
  if (kept.has(run)) return "done";
  const failure = kept.failures().find((one) => one.run.id === run.id);
  if (failure && failure.finished !== failedBefore) throw new Error(failure.error);
  if (run.needs && !kept.has(run.needs)) throw new Error(`What it needs failed: ${run.needs.label}`);
  let told = 0;
  const onFraction = (fraction: number): void => {
    onUpdate({ type: "progress", run, fraction });
    if (performance.now() - told < TELL_EVERY) return;
    told = performance.now();
    job.updateProgress({ fraction }).catch(() => undefined);
  };
  const folder = join(kept.path, run.id);
  makeFolder(folder);
  const busy = new AbortController();
  const claim = { name: ".worker", signal: busy.signal, onWait: () => busy.abort(busy) };
  try {
    await withFolder(folder, claim, async () => {
      // Done between the look before and now.
      if (kept.has(run)) return;
      onUpdate({ type: "begin", run });
      onFraction(0);
      await pool.perform(run, { store: kept.path, signal, onFraction });
      onUpdate({ type: "done", run });
    });
    return "done";
  } catch (error) {
    if (error === busy) return "busy";
    if (!signal.aborted) onUpdate({ type: "failed", run, error: error as Error });
    throw error;
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
