import { ensure } from "../backend/device.js";
import type { Observer } from "../train/index.js";
import { execute } from "./execute.js";
import { inOrder } from "./in-order.js";
import type { Queue } from "./queue.js";
import { recordOf, summary } from "./record.js";
import type { Run } from "./run.js";
import { provenance, RunStore } from "./store.js";

/** One run after the other, in this process. */
export const inProcess: Queue = {
  async process(runs, { store, signal, onUpdate }) {
    const perform = (run: Run, onFraction: (fraction: number) => void): Promise<void> =>
      performHere(run, { store, signal, onFraction });
    await inOrder(runs, 1, perform, { signal, onUpdate });
  },
};

export interface PerformOptions {
  readonly store: string;
  readonly signal: AbortSignal;
  /** Told how much of it is done, 0 to 1. */
  readonly onFraction: (fraction: number) => void;
}

/** Does a run in this process and records it, also that it failed. */
export async function performHere(run: Run, { store, signal, onFraction }: PerformOptions): Promise<void> {
  const kept = new RunStore(store);
  await ensure();
  try {
    const outcome = await execute(run, { store, signal, progress: false, onEvent: fractions(onFraction) });
    try {
      await kept.add(recordOf(run, outcome, provenance()));
    } finally {
      outcome.dispose();
    }
  } catch (error) {
    if (!signal.aborted)
      await kept.add({ status: "failed", run: summary(run), error: (error as Error).message, ...provenance() });
    throw error;
  }
}

function fractions(onFraction: (fraction: number) => void): Observer {
  let total = 1;
  let stepsIn = (_: number): number => 1;
  return (event) => {
    if (event.type === "begin") [total, stepsIn] = [event.epochs, event.stepsIn];
    if (event.type === "step") onFraction((event.at.epoch + event.at.step / stepsIn(event.at.epoch)) / total);
  };
}
