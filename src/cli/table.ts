import type { Results, Which } from "../experiment/index.js";
import { table, type Table } from "../report/table.js";
import { text, UsageError, type Command } from "./command.js";
import { gridNamed, NAMES_HELP, withRhos } from "./grid.js";
import { scaleNamed } from "./scale.js";

const FORMATS: Readonly<Record<string, (shown: Table) => string>> = {
  text: (shown) => `${String(shown)}\n`,
  markdown: (shown) => `${shown.markdown()}\n`,
  csv: (shown) => shown.csv(),
  latex: (shown) => `${shown.latex()}\n`,
};

export const tableCommand: Command = {
  help: `Usage: longtail table NAME [options]

Prints what the store holds of a table or figure; "longtail sweep NAME" does the runs.

${NAMES_HELP}

Options:
      --scale SCALE     quick, standard or paper (default: quick)
      --rho RATIOS      only these imbalance ratios of D_L: 100,50
      --best            best of all evaluated epochs, as the paper's tables have it, instead of the last
      --format FORMAT   text, markdown, csv or latex (default: text)
      --store DIR       where runs are kept (default: LONGTAIL_RUNS, or else runs)

Examples:
  longtail table table1a
  longtail table table2 --scale standard --best --format latex > table2.tex`,
  options: {
    ...{ scale: { type: "string" }, rho: { type: "string" }, best: { type: "boolean" }, format: { type: "string" } },
    store: { type: "string" },
  },
  positionals: true,
  async run(values, names) {
    const grid = withRhos(gridNamed(names), values);
    const format = text(values, "format") ?? "text";
    if (!Object.hasOwn(FORMATS, format))
      throw new UsageError(`--format: expected ${Object.keys(FORMATS).join(", ")}, found "${format}"`);
    const scale = scaleNamed(values);
    // Not before it is wanted, so that help and mistakes come at once.
    const { resultsOf, RunStore } = await import("../experiment/index.js");
    const store = new RunStore(text(values, "store"));
    const results = resultsOf(grid, scale, store);
    process.stdout.write(FORMATS[format]!(tableOf(results, values["best"] === true ? "best" : "last")));
    if (results.records.length === 0)
      console.error(
        `There are no runs of ${grid.name} at scale ${scale} in ${store.path}: longtail sweep ${grid.name}`,
      );
    return 0;
  },
};

/** A grid with what was measured. */
function tableOf(results: Results, which: Which): Table {
  const { rows, columns } = results.places;
  const cells = results.cells(which);
  const measured = ({ group, row }: { group: string; row: string }, column: string) => {
    const error = cells.find((cell) => cell.group === group && cell.row === row && cell.column === column)?.error;
    if (!error || error.n === 0) return null;
    return error.n === 1 ? error.mean : { value: error.mean, error: error.sd };
  };
  const most = Math.max(0, ...cells.map(({ error }) => error.n));
  const epoch = which === "last" ? "last epoch" : "best epoch, by the test set";
  return table(
    rows.map((place) => ({ ...place, ...Object.fromEntries(columns.map((name) => [name, measured(place, name)])) })),
    {
      ...{ groupBy: "group", columns: [{ key: "row", head: "" }, ...columns], caption: results.table.title },
      note: `Test error in %, ${epoch}, mean ± sd, n ≤ ${most}; ${results.provenance}.`,
    },
  );
}
