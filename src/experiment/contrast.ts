import type { CellResult, Results, Which } from "./results.js";

type Choose = (cell: CellResult) => boolean;

/**
 * The mean gain of several cells, seed by seed: points of accuracy over their baselines. Only of seeds that all cells have.
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

function bySeed(results: Results, choose: Choose, which: Which): Map<number, number> {
  const chosen = results.cells(which).filter((cell) => cell.gain && cell.gain.n > 0 && choose(cell));
  const maps = chosen.map(({ gain }) => new Map(gain!.seeds.map((seed, i) => [seed, gain!.values[i]!])));
  const shared = [...(maps[0]?.keys() ?? [])].filter((seed) => maps.every((one) => one.has(seed)));
  return new Map(shared.map((seed) => [seed, maps.reduce((sum, one) => sum + one.get(seed)!, 0) / maps.length]));
}
