import { JSDOM } from "jsdom";
import { describe, expect, it } from "vitest";
import { tableBundle } from "../../../kernel/format/table.js";

function cellsOf(html: unknown): string[][] {
  const { document } = new JSDOM(String(html)).window;
  return [...document.querySelectorAll("tr")].map((row) => [...row.children].map((cell) => cell.textContent));
}

const preview = {
  columns: ["name", "value", "<b>"],
  rows: [
    ["a & b", 1.5, null],
    ["c", 22.123456789, undefined],
    ["d", NaN, "x"],
  ],
  totalRows: 3,
};

describe("tableBundle", () => {
  it("escapes everything and gives a column as many decimals as its numbers need", () => {
    const bundle = tableBundle(preview);
    expect(cellsOf(bundle["text/html"])).toEqual([
      ["name", "value", "<b>"],
      ["a & b", "1.5000", "null"],
      ["c", "22.1235", "undefined"],
      ["d", "NaN", "x"],
    ]);
    expect(bundle["text/html"]).not.toContain("<b>");
  });

  it("aligns numbers to the right, text to the left, and sets no colours", () => {
    const { document } = new JSDOM(String(tableBundle(preview)["text/html"])).window;
    const styles = [...document.querySelectorAll("td")].slice(0, 3).map((cell) => cell.getAttribute("style"));
    expect(styles).toEqual(["text-align:left", "text-align:right", "text-align:left"]);
    expect(document.body.innerHTML).not.toMatch(/color|background/);
  });

  it("writes the same as text, columns aligned", () => {
    expect(tableBundle(preview)["text/plain"]).toBe(
      [
        "name     value  <b>",
        "a & b   1.5000  null",
        "c      22.1235  undefined",
        "d          NaN  x",
        "3 rows × 3 columns",
      ].join("\n"),
    );
  });

  it("says how much it leaves out", () => {
    const bundle = tableBundle({ columns: ["a"], rows: [[1], [2]], totalRows: 12345 });
    expect(bundle["text/plain"]).toContain("first 2 of 12,345 rows × 1 column");
    expect(bundle["text/html"]).toContain("first 2 of 12,345 rows × 1 column");
  });

  it("labels rows", () => {
    const html = tableBundle({ columns: ["a"], rows: [[1]], labels: ["mean"], totalRows: 1 })["text/html"];
    expect(html).toContain('<th scope="row" style="text-align:left">mean</th>');
  });

  it("writes extreme numbers with an exponent, integers whole, dates short, long text cut", () => {
    const rows = [[1e-9, 123456789012, new Date(0), "x".repeat(500), 5n, { deep: { er: 1 } }]];
    const [, row = []] = cellsOf(tableBundle({ columns: [..."abcdef"], rows, totalRows: 1 })["text/html"]);
    expect(row.slice(0, 3)).toEqual(["1e-9", "123456789012", "1970-01-01"]);
    expect(row[3]).toHaveLength(120);
    expect(row.slice(4)).toEqual(["5", "{ deep: { er: 1 } }"]);
  });

  it("shows an empty table", () => {
    expect(tableBundle({ columns: ["a", "b"], rows: [], totalRows: 0 })["text/plain"]).toBe("a  b\n0 rows × 2 columns");
  });
});
