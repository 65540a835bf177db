import { kernel } from "../show/index.js";

/** Milliseconds that a notebook's kernel gives a step to end by itself, before it cuts the cell off. */
const PATIENCE = 20_000;

/** A training run was stopped. Everything up to its last step is in the checkpoint, if it has a folder. */
export class Stopped extends Error {
  override readonly name = "Stopped";
}

/** Runs that Ctrl-C stops, all of them at once. */
const running = new Set<AbortController>();

function stop(): void {
  process.stderr.write("\nStopping after this step; Ctrl-C once more to stop at once\n");
  process.removeListener("SIGINT", stop);
  for (const run of running) run.abort(new Stopped("Stopped by Ctrl-C"));
}

/**
 * A signal that is aborted when the user's is, when the notebook's cell is interrupted, or on Ctrl-C where nothing else in
 * the process listens to it. `release` ends that.
 */
export function interruption(given?: AbortSignal): { readonly signal: AbortSignal; readonly release: () => void } {
  const hook = kernel();
  const released = hook?.stopsByItself?.(PATIENCE);
  const sources = [given, hook?.signal].filter((one) => one !== undefined);
  const ctrlC = new AbortController();
  if (!hook && process.listeners("SIGINT").every((listener) => listener === stop)) {
    if (process.listenerCount("SIGINT") === 0) process.on("SIGINT", stop);
    running.add(ctrlC);
  }
  return {
    signal: AbortSignal.any([...sources, ctrlC.signal]),
    release() {
      running.delete(ctrlC);
      if (running.size === 0) process.removeListener("SIGINT", stop);
      released?.();
    },
  };
}
