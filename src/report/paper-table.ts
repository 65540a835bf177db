import type { CellResult, Results, Sample, Which } from "../experiment/index.js";
import { check, oneOf, optional } from "../options.js";
import { table, type Table } from "./table.js";
import type { Cell } from "./table/column.js";

export interface PaperTableOptions {
  /** "last": after the last epoch (default). "best": the best of all evaluated epochs on the test set, as the paper has it. */
  readonly which?: Which;
  /** "error" in % (default), or "gain": how much lower than the baseline's, in points. */
  readonly show?: "error" | "gain";
}

/**
 * A table of the paper: what was measured, mean ± sd, one line for each of the results, and the paper's number below. Results
 * of different scales and sources stand in lines of their own, never in one number.
 * @param results of one grid
 * @throws RangeError for an unknown option, no results, or results of different grids
 */
export function paperTable(results: Results | readonly Results[], options: PaperTableOptions = {}): Table {
  check("paperTable", options, { which: optional(oneOf("last", "best")), show: optional(oneOf("error", "gain")) });
  const { which = "last", show = "error" } = options;
  const all = (Array.isArray(results) ? results : [results]) as readonly Results[];
  const [first] = all;
  if (!first) throw new RangeError("paperTable: expected one or more results, found none");
  const other = all.find(({ table: grid }) => grid.name !== first.table.name);
  if (other)
    throw new RangeError(`paperTable: expected results of one grid, found ${first.table.name} and ${other.table.name}`);
  const { rows, columns } = first.places;
  const shown = rows.flatMap(({ group, row }) => {
    const at = (cells: readonly CellResult[], column: string): CellResult | undefined =>
      cells.find((cell) => cell.group === group && cell.row === row && cell.column === column);
    const line = (name: string, value: (column: string) => Cell): Record<string, Cell> => ({
      ...{ group, method: row, "": name },
      ...Object.fromEntries(columns.map((column) => [column, value(column)])),
    });
    const measured = all
      .filter(({ records }) => records.length > 0)
      .map((one) => {
        const cells = one.cells(which);
        const sample = (column: string): Sample | undefined => {
          const cell = at(cells, column);
          return show === "error" ? cell?.error : cell?.gain;
        };
        const n = columns.map((column) => sample(column)?.n ?? 0).filter((count) => count > 0);
        return { line: line(sourceName(one, n), (column) => cellOf(sample(column), show)), n };
      })
      .filter(({ n }) => n.length > 0)
      .map(({ line: one }) => one);
    const cells = first.cells(which);
    const ofPaper = line("paper", (column) => {
      const cell = at(cells, column);
      return published(show === "error" ? cell?.paper : cell?.paperGain, show);
    });
    const isKnown = columns.some((column) => ofPaper[column] !== null);
    return [...measured, ...(isKnown ? [ofPaper] : [])];
  });
  const what = show === "error" ? "Test error in %" : "Points of test error below the baseline";
  const when =
    which === "last" ? "last epoch" : "best evaluated epoch, which has seen the test set; the paper's are such";
  const sources = all.filter(({ records }) => records.length > 0).map(sourceNote);
  return table(shown, {
    groupBy: "group",
    columns: ["method", "", ...columns],
    caption: `${first.table.title}${show === "gain" ? ": gains" : ""}`,
    note: [`${what}, mean ± sd, ${when}.`, ...sources, first.table.note].filter((text) => text !== "").join(" "),
  });
}

/** "here, n = 5", "recorded, quick, n = 3 to 5" */
function sourceName({ source, scale }: Results, n: readonly number[]): string {
  const [least, most] = [Math.min(...n), Math.max(...n)];
  return `${source}, ${scale.name}, n = ${least === most ? most : `${least} to ${most}`}`;
}

function sourceNote({ source, provenance }: Results): string {
  return `${source === "here" ? "Here" : "Recorded"}: ${provenance}.`;
}

function cellOf(sample: Sample | undefined, show: "error" | "gain"): Cell {
  if (!sample || sample.n === 0) return null;
  const mean = signed(sample.mean, 1, show);
  return Number.isNaN(sample.sd) ? mean : `${mean} ± ${sample.sd.toFixed(1)}`;
}

/** With as many decimals as the paper has: two. */
function published(value: number | undefined, show: "error" | "gain"): Cell {
  return value === undefined ? null : signed(value, 2, show);
}

function signed(value: number, decimals: number, show: "error" | "gain"): string {
  return `${show === "gain" && value > 0 ? "+" : ""}${value.toFixed(decimals)}`.replace("-", "−");
}
