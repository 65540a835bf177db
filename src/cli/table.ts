import type { Table } from "../report/table.js";
import { text, UsageError, type Command } from "./command.js";
import { chosenCells, gridNamed, NAMES_HELP } from "./grid.js";
import { scaleNamed } from "./scale.js";

const FORMATS: Readonly<Record<string, (shown: Table) => string>> = {
  text: (shown) => `${String(shown)}\n`,
  markdown: (shown) => `${shown.markdown()}\n`,
  csv: (shown) => shown.csv(),
  latex: (shown) => `${shown.latex()}\n`,
};

export const tableCommand: Command = {
  help: `Usage: longtail table NAME [options]

Prints a table or figure: what the store holds of it ("longtail sweep NAME" does the runs), the recorded runs that come with
this package, and the paper's numbers, in lines of their own.

${NAMES_HELP}

Options:
      --scale SCALE     quick, standard or paper (default: quick)
      --rho RATIOS      only these imbalance ratios of D_L: 100,50
      --set SETS        only these sets: cifar10,cifar100
      --gain            how much lower than the baseline's the error is, instead of the error
      --best            best of all evaluated epochs, as the paper's tables have it, instead of the last
      --format FORMAT   text, markdown, csv or latex (default: text)
      --store DIR       where runs are kept (default: LONGTAIL_RUNS, or else runs)

Examples:
  longtail table table1a
  longtail table table2 --scale standard --best --format latex > table2.tex`,
  options: {
    ...{
      scale: { type: "string" },
      rho: { type: "string" },
      set: { type: "string" },
      best: { type: "boolean" },
      gain: { type: "boolean" },
      format: { type: "string" },
    },
    store: { type: "string" },
  },
  positionals: true,
  async run(values, names) {
    const grid = chosenCells(gridNamed(names), values);
    const format = text(values, "format") ?? "text";
    if (!Object.hasOwn(FORMATS, format))
      throw new UsageError(`--format: expected ${Object.keys(FORMATS).join(", ")}, found "${format}"`);
    const scale = scaleNamed(values);
    // Not before it is wanted, so that help and mistakes come at once.
    const { recorded, resultsOf, RunStore } = await import("../experiment/index.js");
    const { paperTable } = await import("../report/paper-table.js");
    const store = new RunStore(text(values, "store"));
    const here = resultsOf(grid, scale, store);
    const which = values["best"] === true ? "best" : "last";
    const show = values["gain"] === true ? "gain" : "error";
    process.stdout.write(FORMATS[format]!(paperTable([here, recorded(grid, scale)], { which, show })));
    if (here.records.length === 0) {
      const chosen = ["scale", "rho", "set", "store"].flatMap((option) => {
        const value = text(values, option);
        return value === undefined ? [] : [` --${option} ${/^[\w.,:/-]+$/.test(value) ? value : `"${value}"`}`];
      });
      const how = `longtail sweep ${grid.name}${chosen.join("")}`;
      console.error(`There are no runs of ${grid.name} at scale ${scale} in ${store.path}: ${how}`);
    }
    return 0;
  },
};
