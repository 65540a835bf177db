import type { CellResult, Results, Which } from "./results.js";
import { differences, type Sample } from "./sample.js";

type Choose = (cell: CellResult) => boolean;

/**
 * The mean gain of several cells, seed by seed: points of accuracy over their baselines. Only of seeds that all cells have:
 * one without runs leaves none, unless the scale has nothing in place of its set. For what is there: `({ gain }) => gain!.n > 0`.
 * @param choose which cells; default all that have a baseline
 */
export function gains(results: Results, choose: Choose = () => true, which: Which = "last"): number[] {
  return [...bySeed(results, choose, which).values()];
}

/** Gains of some cells minus gains of others, seed by seed. */
export function contrast(results: Results, better: Choose, worse: Choose, which: Which = "last"): number[] {
  const other = bySeed(results, worse, which);
  return [...bySeed(results, better, which)].flatMap(([seed, gain]) =>
    other.has(seed) ? [gain - other.get(seed)!] : [],
  );
}

/**
 * How much lower one error is than another, seed by seed, of seeds that both have: above 0 where the first is better. The two
 * may come from different results, such as those of a control.
 */
export function lower(error: Sample, than: Sample): number[] {
  return differences(error, than).map(({ value }) => value);
}

function bySeed(results: Results, choose: Choose, which: Which): Map<number, number> {
  const { sets } = results.scale;
  const chosen = results.cells(which).filter((cell) => cell.gain && sets[cell.trial.spec.set] && choose(cell));
  const maps = chosen.map(({ gain }) => new Map(gain!.seeds.map((seed, i) => [seed, gain!.values[i]!])));
  const shared = [...(maps[0]?.keys() ?? [])].filter((seed) => maps.every((one) => one.has(seed)));
  return new Map(shared.map((seed) => [seed, maps.reduce((sum, one) => sum + one.get(seed)!, 0) / maps.length]));
}
