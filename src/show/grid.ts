/** Rows of text as an HTML table and as plain text. */

/** One column: its head, and whether its cells line up to the right as numbers do. */
export interface GridColumn {
  readonly head: string;
  readonly numeric: boolean;
}

/** Cells are plain text; `emphasis` of a row marks it as one that needs attention. */
export interface Grid {
  readonly caption?: string;
  readonly columns: readonly GridColumn[];
  readonly rows: readonly { readonly cells: readonly string[]; readonly emphasis?: boolean }[];
  /** One sentence under the table. */
  readonly note?: string;
}

/** Colours are left to the page (dark ones too); only alignment is set, because notebook pages set all cells right. */
export function gridHtml({ caption, columns, rows, note }: Grid): string {
  const open = (tag: string, { numeric }: GridColumn): string =>
    `<${tag} style="text-align:${numeric ? "right" : "left"};vertical-align:top;padding:0.25em 0.8em${numeric ? ";white-space:nowrap" : ""}">`;
  const cells = (tag: string, texts: readonly string[], emphasis = false): string =>
    columns
      .map((column, at) => {
        const text = escapeHtml(texts[at] ?? "");
        return `${open(tag, column)}${emphasis ? `<strong>${text}</strong>` : text}</${tag}>`;
      })
      .join("");
  return [
    `<table style="border-collapse:collapse;font-variant-numeric:tabular-nums">`,
    ...(caption === undefined
      ? []
      : [`<caption style="text-align:left;font-weight:bold">${escapeHtml(caption)}</caption>`]),
    `<thead><tr>${cells(
      "th",
      columns.map(({ head }) => head),
    )}</tr></thead>`,
    "<tbody>",
    ...rows.map(({ cells: texts, emphasis }) => `<tr>${cells("td", texts, emphasis)}</tr>`),
    "</tbody>",
    "</table>",
    ...(note === undefined ? [] : [`<p>${escapeHtml(note)}</p>`]),
  ].join("\n");
}

/** Columns padded with spaces, a rule under the heads. */
export function gridText({ caption, columns, rows, note }: Grid): string {
  const texts = [columns.map(({ head }) => head), ...rows.map(({ cells }) => cells)];
  const widths = columns.map((_, at) => Math.max(...texts.map((row) => width(row[at] ?? ""))));
  const line = (row: readonly string[]): string =>
    columns
      .map(({ numeric }, at) => {
        const text = row[at] ?? "";
        const space = " ".repeat((widths[at] ?? 0) - width(text));
        return numeric ? space + text : text + space;
      })
      .join("  ")
      .trimEnd();
  const rule = widths.map((columnWidth) => "─".repeat(columnWidth)).join("  ");
  const [heads = [], ...body] = texts;
  return [
    ...(caption === undefined ? [] : [caption]),
    line(heads),
    rule,
    ...body.map(line),
    ...(note === undefined ? [] : [note]),
  ].join("\n");
}

/** Text as HTML text. */
export function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

/** Characters on a terminal; combining marks (as in ñ, θ̂) take none. */
function width(text: string): number {
  return [...text.replace(/\p{M}/gu, "")].length;
}
