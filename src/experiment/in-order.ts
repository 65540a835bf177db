import type { QueueOptions } from "./queue.js";
import type { Run } from "./run.js";

/** Does one run, and tells how far it is; rejects if it fails. */
export type Perform = (run: Run, onFraction: (fraction: number) => void) => Promise<void>;

/**
 * Several runs at once, none before what it needs; the longest first, so that no long one is left for the end alone.
 * @param atOnce how many, >= 1
 */
export async function inOrder(
  runs: readonly Run[],
  atOnce: number,
  perform: Perform,
  { signal, onUpdate }: Pick<QueueOptions, "signal" | "onUpdate">,
): Promise<void> {
  const waiting = new Map(runs.map((run) => [run.id, run]));
  const unfinished = new Set(waiting.keys());
  const failed = new Map<string, Error>();
  const active = new Set<Promise<void>>();

  const one = async (run: Run): Promise<void> => {
    onUpdate({ type: "begin", run });
    try {
      await perform(run, (fraction) => onUpdate({ type: "progress", run, fraction }));
      onUpdate({ type: "done", run });
    } catch (error) {
      if (signal.aborted) return;
      fail(run, error as Error);
    } finally {
      unfinished.delete(run.id);
    }
  };
  const fail = (run: Run, error: Error): void => {
    failed.set(run.id, error);
    onUpdate({ type: "failed", run, error });
  };

  while (!signal.aborted && (waiting.size > 0 || active.size > 0)) {
    for (const run of waiting.values()) {
      const cause = run.needs && failed.get(run.needs.id);
      if (!cause) continue;
      waiting.delete(run.id);
      unfinished.delete(run.id);
      fail(run, new Error(`What it needs failed: ${run.needs.label}`, { cause }));
    }
    const ready = [...waiting.values()].filter(({ needs }) => !needs || !unfinished.has(needs.id));
    const awaited = (run: Run): number => awaitedWork(run, waiting.values());
    ready.sort((a, b) => awaited(b) - awaited(a));
    for (const run of ready.slice(0, atOnce - active.size)) {
      waiting.delete(run.id);
      const promise: Promise<void> = one(run).finally(() => active.delete(promise));
      active.add(promise);
    }
    if (active.size > 0) await Promise.race(active);
  }
  await Promise.all(active);
  signal.throwIfAborted();
}

/** Work of a run, and of those that cannot begin before it is done: what comes first is what has most. */
export function awaitedWork(run: Run, waiting: Iterable<Run>): number {
  let { work } = run;
  for (const other of waiting) if (other.needs?.id === run.id) work += other.work;
  return work;
}
