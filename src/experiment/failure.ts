/** A run that could not be done. */
export interface Failure {
  readonly label: string;
  readonly seed: number;
  readonly error: string;
}

/** So many runs of those that one thing stopped are named. */
const NAMED = 3;

/** What went wrong, each thing once, with the runs that it stopped: `[error, "CIFAR-10-LT, ρ = 100: CE, seed 0; ...; and 7 more"]`. */
export function byError(failures: readonly Failure[]): [error: string, runs: string][] {
  const runs = new Map<string, string[]>();
  for (const { label, seed, error } of failures) {
    const stopped = runs.get(error);
    if (stopped) stopped.push(`${label}, seed ${seed}`);
    else runs.set(error, [`${label}, seed ${seed}`]);
  }
  return [...runs].map(([error, all]) => {
    // A line that says "and 1 more" could name it.
    const shown = all.length === NAMED + 1 ? all : all.slice(0, NAMED);
    return [
      error,
      [...shown, ...(all.length > shown.length ? [`and ${all.length - shown.length} more`] : [])].join("; "),
    ];
  });
}
