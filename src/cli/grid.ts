import type { Grid } from "../experiment/index.js";
// Alone it comes at once; all of experiment takes a second.
import { GRIDS } from "../experiment/tables.js";
import { suggestion } from "../nearest.js";
import { text, UsageError, type Command } from "./command.js";

type Values = Parameters<Command["run"]>[0];

/** What NAME may be, for help. */
export const NAMES_HELP = `NAME is one of
  table1a, table1b, table2             the paper's tables
  figure2, figure3                     relevance and imbalance of D_U
  appendixE1, appendixE3, appendixE4   other ways to use D_U, amounts of D_U, amounts of labels
  appendixF1, appendixF3               other pre-training, step imbalance`;

/** The grid that a command line names. @throws UsageError */
export function gridNamed(names: readonly string[]): Grid {
  const [name, ...more] = names;
  if (name === undefined) throw new UsageError(`Expected the name of a table or figure, found none`);
  if (more.length > 0) throw new UsageError(`Expected one name, found ${names.join(", ")}`);
  if (Object.hasOwn(GRIDS, name)) return GRIDS[name]!();
  throw new UsageError(`There is no table or figure "${name}". ${suggestion(name, Object.keys(GRIDS))}`);
}

/** Only the cells that --rho and --set leave; all without them. @throws UsageError for what the grid has not */
export function chosenCells(grid: Grid, values: Values): Grid {
  const rho = choice(grid, values, "rho");
  const set = choice(grid, values, "set");
  return grid.where(({ trial: { spec } }) => rho(spec.rho) && set(spec.set));
}

/** Whether an option leaves a cell, by what its trial has there. */
function choice(grid: Grid, values: Values, option: "rho" | "set"): (value: number | string) => boolean {
  const given = text(values, option);
  if (given === undefined) return () => true;
  const known = [...new Set(grid.cells.map(({ trial }) => String(trial.spec[option])))];
  const chosen = given.split(",").map((one) => one.trim());
  if (!chosen.every((one) => known.includes(one)))
    throw new UsageError(`--${option}: expected one or more of ${known.join(", ")} for ${grid.name}, found "${given}"`);
  return (value) => chosen.includes(String(value));
}

/** --seeds: how many, or which. @throws UsageError */
export function seedsOf(values: Values): number | number[] {
  const given = text(values, "seeds") ?? "1";
  const seeds = given.split(",").map((one) => (/^\s*-?\d+\s*$/.test(one) ? Number(one) : NaN));
  const isMany = seeds.length > 1;
  if (seeds.every(Number.isSafeInteger) && (isMany ? new Set(seeds).size === seeds.length : seeds[0]! >= 1))
    return isMany ? seeds : seeds[0]!;
  throw new UsageError(`--seeds: expected a number of seeds (3), or different seeds (0,1,5), found "${given}"`);
}

/** --jobs. @throws UsageError */
export function jobsOf(values: Values): number | undefined {
  const given = text(values, "jobs");
  if (given === undefined) return undefined;
  if (/^[1-9]\d{0,3}$/.test(given)) return Number(given);
  throw new UsageError(`--jobs: expected how many runs at once, 1 to 9999, found "${given}"`);
}

/** --queue. @throws UsageError */
export function queueAddress(values: Values): string | undefined {
  const given = text(values, "queue");
  if (given === undefined) return undefined;
  if (URL.canParse(given) && /^rediss?:$/.test(new URL(given).protocol) && new URL(given).hostname !== "") return given;
  throw new UsageError(`--queue: expected redis://HOST:PORT, found "${given}"`);
}
