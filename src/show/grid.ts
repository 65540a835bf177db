/** Rows of text as an HTML table and as plain text. */

/** One column: its head, and whether its cells line up to the right as numbers do. */
export interface GridColumn {
  readonly head: string;
  readonly numeric: boolean;
  /** A head above, over all neighbours of the same group. */
  readonly group?: string;
}

/** Cells are plain text; `emphasis` marks a row as one that needs attention. */
export interface GridRow {
  readonly cells: readonly string[];
  readonly emphasis?: boolean;
  /** A heading above, over all neighbours of the same group. */
  readonly group?: string;
}

export interface Grid {
  readonly caption?: string;
  readonly columns: readonly GridColumn[];
  readonly rows: readonly GridRow[];
  /** One sentence under the table. */
  readonly note?: string;
}

/** Neighbours of one group together, in order; neighbours without a group, too. */
export function grouped<T extends { readonly group?: string }>(
  items: readonly T[],
): { readonly group: string | undefined; readonly items: readonly T[] }[] {
  const starts = items.flatMap(({ group }, at) => (at === 0 || group !== items[at - 1]!.group ? [at] : []));
  return starts.map((start, at) => ({ group: items[start]!.group, items: items.slice(start, starts[at + 1]) }));
}

/** Colours are left to the page (dark ones too); only alignment is set, because notebook pages set all cells right. */
export function gridHtml({ caption, columns, rows, note }: Grid): string {
  const body = grouped(rows).flatMap(({ group, items }) => [
    ...(group === undefined
      ? []
      : [`<tr>${cell("th", group, LEFT, ` colspan="${columns.length}" scope="rowgroup"`)}</tr>`]),
    ...items.map(({ cells, emphasis = false }) => {
      const row = columns.map(({ numeric }, at) => {
        const text = escapeHtml(cells[at] ?? "");
        const html = emphasis ? `<strong>${text}</strong>` : text;
        // What a row is of, as those hear it whom a screen reader tells a number's row and column.
        if (at === 0 && !numeric) return element("th", html, `${LEFT};font-weight:normal`, ' scope="row"');
        return element("td", html, numeric ? RIGHT : LEFT);
      });
      return `<tr>${row.join("")}</tr>`;
    }),
  ]);
  return [
    `<table style="border-collapse:collapse;font-variant-numeric:tabular-nums">`,
    ...(caption === undefined
      ? []
      : [`<caption style="text-align:left;font-weight:bold">${escapeHtml(caption)}</caption>`]),
    `<thead>${headRows(columns)}</thead>`,
    "<tbody>",
    ...body,
    "</tbody>",
    "</table>",
    ...(note === undefined ? [] : [`<p>${escapeHtml(note)}</p>`]),
  ].join("\n");
}

const LEFT = "text-align:left;vertical-align:top;padding:0.25em 0.8em";
const RIGHT = "text-align:right;vertical-align:top;padding:0.25em 0.8em;white-space:nowrap";
const CENTRE = "text-align:center;vertical-align:top;padding:0.25em 0.8em";

/** One row of heads; two where columns have groups. */
function headRows(columns: readonly GridColumn[]): string {
  const head = ({ head: text, numeric }: GridColumn, more = ""): string =>
    cell("th", text, numeric ? RIGHT : LEFT, `${more} scope="col"`);
  if (columns.every(({ group }) => group === undefined)) return `<tr>${columns.map((one) => head(one)).join("")}</tr>`;
  const upper = grouped(columns).map(({ group, items }) =>
    group === undefined
      ? items.map((one) => head(one, ' rowspan="2"')).join("")
      : cell("th", group, CENTRE, ` colspan="${items.length}" scope="colgroup"`),
  );
  const lower = columns.filter(({ group }) => group !== undefined).map((one) => head(one));
  return `<tr>${upper.join("")}</tr><tr>${lower.join("")}</tr>`;
}

function cell(tag: string, text: string, style: string, more = ""): string {
  return element(tag, escapeHtml(text), style, more);
}

function element(tag: string, html: string, style: string, more = ""): string {
  return `<${tag}${more} style="${style}">${html}</${tag}>`;
}

/** Text as HTML text. */
export function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
