import { availableParallelism } from "node:os";
import { getBackend } from "@tensorflow/tfjs-core";
import { precision } from "../backend/device.js";
import { Child } from "./child.js";
import type { PerformOptions } from "./in-process.js";
import { summary } from "./record.js";
import type { Run } from "./run.js";
import { provenance, RunStore } from "./store.js";

/** A process that was killed is replaced, and its run, which goes on from its checkpoint, tried so often in all. */
const TRIES = 2;

const MOST_JOBS = 8;

/** Runs at once: cores do one each, a GPU does one at a time best. A device must be in use. */
export function defaultJobs(): number {
  return ["simd", "cpu"].includes(getBackend()) ? Math.min(availableParallelism(), MOST_JOBS) : 1;
}

/** Child processes of this one, which share the processor's cores. They are kept for the next run. */
export class Pool {
  private readonly idle: Child[] = [];
  private readonly all = new Set<Child>();
  private readonly threads: number;

  /** @param atOnce how many runs at once, >= 1. A device must be in use: theirs is the same */
  constructor(atOnce: number) {
    this.threads = Math.max(1, Math.floor(availableParallelism() / atOnce));
  }

  /** Does a run in a process of its own and records it, also that it failed. @throws what it failed by; the signal's reason */
  async perform(run: Run, { store, signal, onFraction }: PerformOptions): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const child = this.idle.pop() ?? new Child(this.threads);
      this.all.add(child);
      try {
        const where = { device: getBackend(), precision: precision() };
        await child.run({ type: "run", run, store, ...where }, signal, onFraction);
        this.idle.push(child);
        return;
      } catch (error) {
        if (child.isAlive) this.idle.push(child);
        else this.all.delete(child);
        if (signal.aborted || child.isAlive) throw error;
        if (attempt < TRIES) continue;
        // A process that was killed could not record it itself. That it failed is said even where the disk is full.
        const failure = {
          status: "failed",
          run: summary(run),
          error: (error as Error).message,
          ...provenance(),
        } as const;
        await new RunStore(store).add(failure).catch(() => undefined);
        throw error;
      }
    }
  }

  /** Ends the processes, each after the run it is in. */
  end(): void {
    for (const child of this.all) child.end();
  }
}
