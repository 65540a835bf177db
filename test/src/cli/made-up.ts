import { GRIDS, SCALES, type Run, type RunStore } from "../../../src/experiment/index.js";
import { runsOf } from "../../../src/experiment/sweep.js";
import { recordFor } from "../experiment/toy.js";

/** Fills a store with made-up results of the runs of a grid at quick scale. @returns those that were left out */
export async function fill(
  store: RunStore,
  name: string,
  seeds: readonly number[],
  leave: (run: Run) => boolean = () => false,
): Promise<Run[]> {
  const runs = runsOf(GRIDS[name]!(), SCALES.quick, seeds);
  for (const run of runs) if (!leave(run)) await store.add(recordFor(run, 5 + run.seed));
  return runs.filter(leave);
}
