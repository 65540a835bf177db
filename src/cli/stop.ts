import { isatty } from "node:tty";

/** What goes on, and can end in order: each is told why it should. */
const stoppable = new Set<(why: string) => void>();

/** Stops in order what goes on, once. @returns whether anything does */
export function stopAll(why: string): boolean {
  for (const stop of stoppable) stop(why);
  return stoppable.size > 0;
}

/**
 * A signal that aborts at the first Ctrl-C (or SIGTERM; SIGHUP too, unless there is no terminal that could hang up), so that
 * what is running can end in order; the second one ends the process at once. `release` gives the signals back to Node.
 */
export function stopSignal(): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  const hasTerminal = [0, 1, 2].some((stream) => isatty(stream));
  const stop = (why: string): void => {
    if (controller.signal.aborted) return;
    process.stderr.write(`\n${why}: stopping; once more to stop at once\n`);
    controller.abort(new Error(`Stopped by ${why}`));
  };
  const onSignal = (name: NodeJS.Signals): void => {
    // Node takes back what nohup has set, so it is kept here: nohup leaves no terminal.
    if (name === "SIGHUP" && !hasTerminal) return;
    if (controller.signal.aborted) process.exit(130);
    stop(name);
  };
  const names = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const name of names) process.on(name, onSignal);
  stoppable.add(stop);
  return {
    signal: controller.signal,
    release: () => {
      for (const name of names) process.removeListener(name, onSignal);
      stoppable.delete(stop);
    },
  };
}
