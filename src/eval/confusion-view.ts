import type { ConfusionMatrix } from "./confusion.js";
import { sum } from "./confusion-counts.js";
import { confusions } from "./leakage.js";

/** Matrices of more classes fill pages; their largest confusions are shown instead. */
const MOST_CLASSES = 20;
const MOST_CONFUSIONS = 10;

/** The first row holds the heads, the first column texts. */
function rowsOf(matrix: ConfusionMatrix): string[][] {
  const { classes } = matrix;
  if (classes.length > MOST_CLASSES) {
    const largest = confusions(matrix).slice(0, MOST_CONFUSIONS);
    return [
      ["true → predicted", "images", "share"],
      ...largest.map(({ actual, predicted, images, share }) => [
        `${actual} → ${predicted}`,
        `${images}`,
        percent(share),
      ]),
    ];
  }
  return [
    ["true ↓ predicted →", ...classes, "recall"],
    ...matrix.counts.map((row, c) => {
      const total = sum(row);
      return [classes[c]!, ...row.map(String), total === 0 ? "–" : percent(row[c]! / total)];
    }),
  ];
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** @param caption a line above */
export function confusionText(matrix: ConfusionMatrix, caption: string): string {
  const rows = rowsOf(matrix);
  const widths = rows[0]!.map((_, at) => Math.max(...rows.map((row) => row[at]!.length)));
  const lines = rows.map((row) =>
    row.map((text, at) => (at === 0 ? text.padEnd(widths[at]!) : text.padStart(widths[at]!))).join("  "),
  );
  return [caption, ...lines].join("\n");
}

export function confusionHtml(matrix: ConfusionMatrix, caption: string): string {
  const element = (tag: string, text: string, at: number, scope = ""): string =>
    `<${tag}${scope} style="text-align:${at === 0 ? "left" : "right"};white-space:nowrap">${escaped(text)}</${tag}>`;
  const head = (text: string, at: number): string => element("th", text, at, ' scope="col"');
  const cell = (text: string, at: number): string =>
    at === 0 ? element("th", text, at, ' scope="row"') : element("td", text, at);
  const [heads = [], ...body] = rowsOf(matrix);
  return [
    `<table><caption style="text-align:left">${escaped(caption)}</caption>`,
    `<thead><tr>${heads.map(head).join("")}</tr></thead><tbody>`,
    ...body.map((row) => `<tr>${row.map(cell).join("")}</tr>`),
    "</tbody></table>",
  ].join("\n");
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
