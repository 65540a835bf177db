import { grouped, type Grid } from "../../show/grid.js";

/**
 * A table of GitHub's Markdown, numbers to the right. Markdown has one row of heads: of a group of columns it says
 * "group: head" in each; a heading of rows is a row of its own, in bold.
 */
export function gridMarkdown({ caption, columns, rows, note }: Grid): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const bold = (text: string): string => (text === "" ? "" : `**${text}**`);
  return [
    ...(caption === undefined ? [] : [bold(escapeMarkdown(caption)), ""]),
    line(columns.map(({ head, group }) => escapeMarkdown(group === undefined ? head : `${group}: ${head}`))),
    line(columns.map(({ numeric }) => (numeric ? "---:" : ":---"))),
    ...grouped(rows).flatMap(({ group, items }) => [
      ...(group === undefined ? [] : [line([bold(escapeMarkdown(group)), ...columns.slice(1).map(() => "")])]),
      ...items.map(({ cells, emphasis = false }) => {
        const texts = columns.map((_, at) => escapeMarkdown(cells[at] ?? ""));
        return line(emphasis ? texts.map(bold) : texts);
      }),
    ]),
    ...(note === undefined ? [] : ["", escapeParagraph(note)]),
  ].join("\n");
}

/** Text that Markdown shows as it is, on one line. */
function escapeMarkdown(text: string): string {
  return text
    .trim()
    .replace(/\s*[\r\n]\s*/g, " ")
    .replace(/[\\`*_[\]<>|~$]|&(?=[#\w]+;)/g, "\\$&");
}

/** The same at the beginning of a line, where it might begin a heading, a list or a rule. */
function escapeParagraph(text: string): string {
  return escapeMarkdown(text)
    .replace(/^[#+=-]/, "\\$&")
    .replace(/^(\d+)([.)])(?=\s|$)/, "$1\\$2");
}
