/** @throws RangeError for other than one share in [0, 1], or null, for each class in each run */
export function refuseAccuracies(name: string, runs: readonly (readonly (number | null)[])[], classes: number): void {
  runs.forEach((run, at) => {
    if (run.length !== classes) {
      throw new RangeError(
        `classGains: expected one accuracy for each of ${classes} classes in ${name}[${at}], found ${run.length}`,
      );
    }
    const wrong = run.find((value) => value !== null && !(value >= 0 && value <= 1));
    if (wrong !== undefined) {
      throw new RangeError(`classGains: accuracies must be shares in [0, 1] or null (got ${wrong} in ${name}[${at}])`);
    }
  });
}
