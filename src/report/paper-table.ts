import type { CellResult, Results, Sample, Which } from "../experiment/index.js";
import { check, oneOf, optional } from "../options.js";
import { decimal } from "../show/number.js";
import { table, type Table } from "./table.js";
import { isMeasured, type Cell } from "./table/cell.js";
import type { Column } from "./table/column.js";

export interface PaperTableOptions {
  /** "last": after the last epoch (default). "best": the best of all evaluated epochs on the test set, as the paper has it. */
  readonly which?: Which;
  /** "error" in % (default), or "gain": how much lower than the baseline's, in points. */
  readonly show?: "error" | "gain";
}

/**
 * A table of the paper: what was measured, mean ± sd, one line for each of the results, and the paper's number below. Results
 * of different scales and sources stand in lines of their own, never in one number. Each line names its scale where there are several, and
 * always in CSV, which has no note.
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
  const measured = all.filter(({ records }) => records.length > 0);
  // Some of the results may be of a part of the grid only.
  const whole = all.reduce((most, one) => (one.table.cells.length > most.table.cells.length ? one : most), first);
  const { rows, columns } = whole.table.places;
  const cellsOf = new Map([...measured, whole].map((one) => [one, one.cells(which)]));
  const lines = rows.flatMap(({ group, row }) => {
    const own = [
      ...measured.map((one) => measuredLine(one, cellsOf.get(one)!, { group, row, columns, show })),
      publishedLine(cellsOf.get(whole)!, { group, row, columns, show }),
    ].filter((line) => columns.some((column) => line[keyOf(column)] !== null));
    return own.map((line, i) => ({ group, method: i === 0 ? row : "", ...line }));
  });
  const what = show === "error" ? "Test error in %" : "Points of test error below the baseline";
  const when =
    which === "last" ? "last epoch" : "best evaluated epoch, which has seen the test set, as the paper's have";
  const scales = [...new Set(measured.map(({ scale }) => scale.name))];
  const notes = [`${what}, mean ± sd over n seeds, ${when}.`, ...sourceNotes(measured), first.table.note];
  return table(lines, {
    groupBy: "group",
    columns: [{ key: "method", head: "" }, sourceColumn(scales), ...columns.map(columnOf)],
    caption: `${first.table.title}${show === "gain" ? ": gains" : ""}`,
    note: notes.filter((text) => text !== "").join(" "),
  });
}

interface Place {
  readonly group: string;
  readonly row: string;
  readonly columns: readonly string[];
  readonly show: "error" | "gain";
}

type Line = Record<string, Cell>;

function cellAt(cells: readonly CellResult[], { group, row }: Place, column: string): CellResult | undefined {
  return cells.find((cell) => cell.group === group && cell.row === row && cell.column === column);
}

function measuredLine({ source, scale }: Results, cells: readonly CellResult[], place: Place): Line {
  const samples = place.columns.map((column) => {
    const cell = cellAt(cells, place, column);
    return place.show === "error" ? cell?.error : cell?.gain;
  });
  const n = samples.flatMap((sample) => (sample && sample.n > 0 ? [sample.n] : []));
  const [least, most] = [Math.min(...n), Math.max(...n)];
  return {
    source: `${source}${scaleText(scale.name)}, n = ${least === most ? most : `${least} to ${most}`}`,
    ...Object.fromEntries(place.columns.map((column, i) => [keyOf(column), cellOf(samples[i])])),
  };
}

function publishedLine(cells: readonly CellResult[], place: Place): Line {
  const value = (column: string): Cell => {
    const cell = cellAt(cells, place, column);
    return (place.show === "error" ? cell?.paper : cell?.paperGain) ?? null;
  };
  return { source: "paper", ...Object.fromEntries(place.columns.map((column) => [keyOf(column), value(column)])) };
}

function cellOf(sample: Sample | undefined): Cell {
  if (!sample || sample.n === 0) return null;
  return sample.n === 1 ? sample.mean : { value: sample.mean, error: sample.sd };
}

const scaleText = (name: string): string => `, scale ${name}`;

/** Where all lines are of one scale the note says which. */
function sourceColumn(scales: readonly string[]): Column {
  const [only] = scales;
  const isUnsaid = scales.length === 1 && only !== undefined;
  return {
    key: "source",
    head: "",
    ...(isUnsaid && { format: (text) => (text as string).replace(scaleText(only), "") }),
  };
}

/** Apart from a line's other keys, whatever a grid calls its columns. */
function keyOf(column: string): string {
  return `cell ${column}`;
}

/** "+ D_U@5x, ρ_U = 1" stands as "ρ_U = 1" below "+ D_U@5x". */
function columnOf(column: string): Column {
  const [group = "", ...rest] = column.split(", ");
  const heads = rest.length === 0 ? { head: column } : { head: rest.join(", "), group };
  return { key: keyOf(column), error: "sd", format: written, ...heads };
}

/** One run as the paper writes its own; of the mean of several, one decimal is known. */
function written(value: Cell): string {
  if (typeof value === "number") return decimal(value, 2);
  return isMeasured(value) ? `${decimal(value.value, 1)} ± ${decimal(value.error, 1)}` : "–";
}

/** "Here and recorded: scale quick, ...; device simd." */
function sourceNotes(measured: readonly Results[]): string[] {
  const provenances = [...new Set(measured.map(({ provenance }) => provenance))];
  return provenances.map((provenance) => {
    const sources = measured.filter((one) => one.provenance === provenance).map(({ source }) => source);
    const names = sources.join(" and ");
    return `${names[0]!.toUpperCase()}${names.slice(1)}: ${provenance}.`;
  });
}
