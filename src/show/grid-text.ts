import { grouped, type Grid, type GridColumn } from "./grid.js";
import { printable } from "./printable.js";

const GAP = "  ";

/** Columns padded with spaces, a rule under the heads; rows that have a heading are set in below it. */
export function gridText({ caption, columns, rows: given, note }: Grid): string {
  const heads = columns.map(({ head }) => printable(head));
  const rows = given.map((row) => ({ ...row, cells: row.cells.map(printable) }));
  const inset = rows.some(({ group }) => group !== undefined) ? GAP : "";
  const texts = [heads, ...rows.map(({ cells }) => cells)];
  const widths = widened(
    columns.map((_, at) => Math.max(...texts.map((row) => width(row[at] ?? "")))),
    columns,
  );
  const line = (cells: readonly string[]): string =>
    inset +
    columns
      .map(({ numeric }, at) => padded(cells[at] ?? "", widths[at]!, numeric ? "right" : "left"))
      .join(GAP)
      .trimEnd();
  const hasGroups = columns.some(({ group }) => group !== undefined);
  const lines = [
    ...(caption === undefined ? [] : [caption]),
    ...(hasGroups ? [inset + upperHeads(columns, widths)] : []),
    line(heads),
    inset + widths.map((columnWidth) => "─".repeat(columnWidth)).join(GAP),
    ...grouped(rows).flatMap(({ group, items }) => [
      ...(group === undefined ? [] : [group]),
      ...items.map(({ cells }) => line(cells)),
    ]),
    ...(note === undefined ? [] : [note]),
  ];
  return printable(lines.join("\n"));
}

/** Where a group's name is wider than its columns, the last of them takes what is lacking. */
function widened(widths: readonly number[], columns: readonly GridColumn[]): number[] {
  const wide = [...widths];
  let end = 0;
  for (const { group, items } of grouped(columns)) {
    end += items.length;
    wide[end - 1]! += Math.max(
      0,
      (group === undefined ? 0 : width(group) + 2) - span(wide.slice(end - items.length, end)),
    );
  }
  return wide;
}

/** "─ CIFAR-10-LT ─" over the columns of a group. */
function upperHeads(columns: readonly GridColumn[], widths: readonly number[]): string {
  let end = 0;
  const heads = grouped(columns).map(({ group, items }) => {
    end += items.length;
    const room = span(widths.slice(end - items.length, end));
    if (group === undefined) return " ".repeat(room);
    const rest = room - width(group) - 2;
    return `${"─".repeat(Math.floor(rest / 2))} ${group} ${"─".repeat(Math.ceil(rest / 2))}`;
  });
  return heads.join(GAP).trimEnd();
}

function span(widths: readonly number[]): number {
  return widths.reduce((a, b) => a + b, 0) + GAP.length * (widths.length - 1);
}

function padded(text: string, room: number, side: "left" | "right"): string {
  const space = " ".repeat(room - width(text));
  return side === "right" ? space + text : text + space;
}

/** Characters on a terminal; combining marks (as in ñ, θ̂) take none. */
function width(text: string): number {
  return [...text.replace(/\p{M}/gu, "")].length;
}
