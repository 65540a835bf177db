import type { FlowJob, Job } from "bullmq";
import { awaitedWork } from "../in-order.js";
import { isGenuine, type Run } from "../run.js";

/** What a job of the queue holds. */
export interface JobData {
  readonly run: Run;
  /** When the run had failed before the job was added; a later failure is another job's for the same run, and this one's too. */
  readonly failedBefore?: string;
}

/** The run that a job says it is for. Whoever reaches the Redis can put jobs there, which say anything. */
export function runIdIn({ data }: Pick<Job, "data">): string | undefined {
  return (data as { readonly run?: Partial<Run> | null } | null)?.run?.id;
}

/** What a job holds. @throws Error unless its run is what its id says */
export function dataIn({ data }: Pick<Job, "data">): JobData {
  const given = data as JobData | null;
  if (given && isGenuine(given.run)) return given;
  throw new Error(
    "Expected a job with a run whose id is that of what it says, found another: it was changed, comes from another version of " +
      "longtail, or is of a network that models.define makes otherwise here. It is not done",
  );
}

/** Of the jobs of one store. */
export function queueName(store: string): string {
  return `longtail-${store}`;
}

/** The job that a run is done by. */
export function jobId({ id }: Pick<Run, "id">): string {
  return `run-${id}`;
}

export interface FlowOptions {
  readonly queueName: string;
  /** All runs of the sweep that are missing. */
  readonly missing: ReadonlyMap<string, Run>;
  /** When a run failed, if it did. */
  readonly failed: (run: Run) => string | undefined;
}

/**
 * A run as a job with what it needs as jobs below it, which come first. A job has one that waits for it at most, so what several
 * runs need is several jobs, one each: whichever is first does the run, and for the others it is done.
 * @param forJob the job that waits for it
 */
export function flowOf(run: Run, options: FlowOptions, forJob?: string): FlowJob {
  const { missing, failed, queueName } = options;
  const id = forJob === undefined ? jobId(run) : `${jobId(run)}-for-${forJob}`;
  const needs = run.needs && missing.get(run.needs.id);
  const failedBefore = failed(run);
  const data: JobData = { run, ...(failedBefore !== undefined && { failedBefore }) };
  return {
    ...{ name: run.label, queueName, data },
    opts: {
      ...{ jobId: id, priority: priority(awaitedWork(run, missing.values())), removeOnComplete: true },
      // That what it needs has failed, a run says itself.
      ...(forJob !== undefined && { removeDependencyOnFailure: true }),
    },
    ...(needs && { children: [flowOf(needs, options, id)] }),
  };
}

/** Ids of the jobs of a flow, what is below last. */
export function idsOf({ opts, children = [] }: FlowJob): string[] {
  return [opts!.jobId!, ...children.flatMap(idsOf)];
}

/** BullMQ's: from 1, the most urgent, to 2^21. @param work images */
function priority(work: number): number {
  return Math.max(1, 2 ** 20 - Math.round(work / 1000));
}
