import type { Results, Which } from "../experiment/index.js";
import { check, oneOf, optional, text } from "../options.js";
import { lines, type Figure, type Reference, type Series } from "./figure/index.js";

export interface GridFigureOptions {
  /** The finding. */
  readonly title: string;
  /** A line below it. Default: where the runs come from, scale and n. */
  readonly detail?: string;
  /** What the columns are: "relevant share of D_U, %". */
  readonly x: string;
  readonly which?: Which;
}

/**
 * A grid whose columns are numbers as curves (Figures 2 and 3, E.3): a line a row of each group and result, one sd as error
 * bars, and what they are held against, the baseline of the same result, as a level line.
 * @throws RangeError for an unknown option, columns that are no numbers, or where no cell has a run
 */
export function gridFigure(results: Results | readonly Results[], options: GridFigureOptions): Figure {
  check("gridFigure", options, {
    ...{ title: text, detail: optional(text), x: text },
    which: optional(oneOf("last", "best")),
  });
  const { title, which = "last" } = options;
  const hasCells = (one: Results): boolean => one.cells(which).some(({ error }) => error.n > 0);
  // Of a sweep that was stopped there may be nothing yet but what its cells are held against.
  const all = ((Array.isArray(results) ? results : [results]) as readonly Results[]).filter(hasCells);
  const [first] = all;
  if (!first) throw new RangeError("gridFigure: there are no runs of it yet; experiment.sweep does them");
  const numbers = first.table.places.columns.map((column) => Number.parseFloat(column));
  if (numbers.some(Number.isNaN))
    throw new RangeError(
      `gridFigure: expected columns that are numbers, found ${first.table.places.columns.join(", ")}`,
    );
  const series: Series[] = [];
  const references: Reference[] = [];
  const seeds: string[] = [];
  const hasScales = new Set(all.map(({ scale }) => scale.name)).size > 1;
  for (const one of all) {
    const cells = one.cells(which).filter(({ error }) => error.n > 0);
    const called = all.length === 1 ? "" : `, ${one.source}${hasScales ? `, scale ${one.scale.name}` : ""}`;
    const { rows } = one.table.places;
    const hasGroups = new Set(rows.map(({ group }) => group)).size > 1;
    for (const { group, row } of rows) {
      const own = cells.filter((cell) => cell.group === group && cell.row === row);
      if (own.length === 0) continue;
      series.push({
        name: `${hasGroups ? `${group}, ` : ""}${row}${called}`,
        x: own.map(({ column }) => Number.parseFloat(column)),
        y: own.map(({ error }) => error.mean),
        ...(own.every(({ error }) => error.n > 1) && { error: own.map(({ error }) => error.sd) }),
        as: "both",
      });
    }
    const baseline = one.baseline(which);
    if (baseline) references.push({ y: baseline.mean, label: `without${called}` });
    const n = cells.map(({ error }) => error.n);
    const [least, most] = [Math.min(...n), Math.max(...n)];
    seeds.push(`${one.source}: scale ${one.scale.name}, n = ${least === most ? most : `${least} to ${most}`}`);
  }
  return lines({
    title,
    detail: options.detail ?? `${seeds.join("; ")}. Mean, bars: one sd`,
    x: { title: options.x, ticks: numbers },
    y: { title: "test error, %" },
    series,
    references,
  });
}
