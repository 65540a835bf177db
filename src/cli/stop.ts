/**
 * A signal that aborts at the first Ctrl-C (or SIGTERM, SIGHUP), so that what is running can end in order; the second one
 * ends the process at once. `release` gives the signals back to Node.
 */
export function stopSignal(): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  const stop = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted) process.exit(130);
    process.stderr.write(`\n${name}: stopping; once more to stop at once\n`);
    controller.abort(new Error(`Stopped by ${name}`));
  };
  const names = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const name of names) process.on(name, stop);
  return {
    signal: controller.signal,
    release: () => {
      for (const name of names) process.removeListener(name, stop);
    },
  };
}
