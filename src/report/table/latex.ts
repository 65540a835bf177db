import { grouped, type Grid, type GridColumn } from "../../show/grid.js";
import { escapeLatex } from "./latex-text.js";

/**
 * A table in the style of the package booktabs, which the document must load. With a caption, a note or a label it is a
 * `table` that floats, else a `tabular`.
 */
export function gridLatex({ caption, columns, rows, note }: Grid, label?: string): string {
  const bodies = grouped(rows).map(({ group, items }) => [
    ...(group === undefined ? [] : [`\\multicolumn{${columns.length}}{@{}l}{\\textit{${escapeLatex(group)}}} \\\\`]),
    ...items.map(({ cells, emphasis = false }) => {
      const texts = columns.map((_, at) => escapeLatex(cells[at] ?? ""));
      return line(emphasis ? texts.map((text) => `\\textbf{${text}}`) : texts);
    }),
  ]);
  const tabular = [
    `\\begin{tabular}{@{}${columns.map(({ numeric }) => (numeric ? "r" : "l")).join("")}@{}}`,
    "\\toprule",
    ...upperHeads(columns),
    line(columns.map(({ head }) => escapeLatex(head))),
    ...bodies.flatMap((body) => ["\\midrule", ...body]),
    "\\bottomrule",
    "\\end{tabular}",
  ];
  if (caption === undefined && note === undefined && label === undefined) return tabular.join("\n");
  return [
    "\\begin{table}",
    "\\centering",
    ...(caption === undefined ? [] : [`\\caption{${escapeLatex(caption)}}`]),
    ...(label === undefined ? [] : [`\\label{${label}}`]),
    ...tabular,
    ...(note === undefined ? [] : [`\\par\\smallskip{\\footnotesize ${escapeLatex(note)}}`]),
    "\\end{table}",
  ].join("\n");
}

/** Names of groups centred over their columns, each with a rule below. */
function upperHeads(columns: readonly GridColumn[]): string[] {
  const groups = grouped(columns);
  if (groups.every(({ group }) => group === undefined)) return [];
  let end = 0;
  const rules: string[] = [];
  const heads = groups.flatMap(({ group, items }) => {
    const start = end + 1;
    end += items.length;
    if (group === undefined) return items.map(() => "");
    rules.push(`\\cmidrule(lr){${start}-${end}}`);
    return [`\\multicolumn{${items.length}}{c}{${escapeLatex(group)}}`];
  });
  return [line(heads), rules.join(" ")];
}

/** After a rule or the end of a row LaTeX would read "[" as an option and "*" as a variant. */
function line(cells: readonly string[]): string {
  return `${cells.join(" & ").replace(/^(?=[[*])/, "{}")} \\\\`;
}
