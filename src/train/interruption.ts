import { kernel } from "../show/index.js";

/** Milliseconds that a notebook's kernel gives a step to end by itself, before it cuts the cell off. */
const PATIENCE = 20_000;

/** A training run was stopped. Everything up to its last step is in the checkpoint, if it has a folder. */
export class Stopped extends Error {
  override readonly name = "Stopped";
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
  const listens = !hook && process.listenerCount("SIGINT") === 0;
  const stop = (): void => {
    process.stderr.write("\nStopping after this step; Ctrl-C once more to stop at once\n");
    process.removeListener("SIGINT", stop);
    ctrlC.abort(new Stopped("Stopped by Ctrl-C"));
  };
  if (listens) process.on("SIGINT", stop);
  return {
    signal: AbortSignal.any([...sources, ctrlC.signal]),
    release() {
      process.removeListener("SIGINT", stop);
      released?.();
    },
  };
}
