import { JSDOM } from "jsdom";
import { describe, expect, test } from "vitest";
import { DISPLAY } from "../../../src/show/display.js";
import { table } from "../../../src/report/table.js";
import { formatNumber } from "../../../src/show/number.js";

const rows = [
  { n: 100, bound: 0.860183271, coverage: { value: 0.99945, error: 0.00017 }, note: "direct" },
  { n: 100_000, bound: -0.2771, coverage: null, note: "sufficient" },
];

describe("table", () => {
  test("text lines up numbers to the right and words to the left", () => {
    expect(String(table(rows, { caption: "Two rows", note: "Below." })).split("\n")).toEqual([
      "Two rows",
      "      n    bound           coverage  note",
      "───────  ───────  ─────────────────  ──────────",
      "    100   0.8602  0.99945 ± 0.00017  direct",
      "100,000  −0.2771                  –  sufficient",
      "Below.",
    ]);
  });

  test.each([0, -1, 2.5, NaN, 101])("refuses %s digits, of the table and of a column", (digits) => {
    expect(() => table(rows, { digits })).toThrow(/^table: digits must be an integer from 1 to 100/);
    expect(() => table(rows, { columns: [{ key: "n", digits }] })).toThrow('table: column "n": digits must be');
    expect(() => formatNumber(1.5, digits)).toThrow("formatNumber: digits must be");
  });

  test("shows the columns asked for, under their heads, with their formats", () => {
    const text = String(
      table(rows, {
        columns: [
          "note",
          { key: "bound", head: "lower bound", digits: 2 },
          { key: "n", format: (n) => `n=${Number(n)}` },
        ],
      }),
    );
    expect(text).toContain("note        lower bound         n");
    expect(text).toContain("direct             0.86     n=100");
  });

  test("has the digits asked for, of a column before those of the table", () => {
    const text = String(table(rows, { columns: ["n", { key: "bound", digits: 3 }, "coverage"], digits: 1 }));
    expect(text).toMatch(/100 +0\.860? +0\.99945 ± 0\.00017\n/);
    const plain = { digits: 2, columns: [{ key: "loss", digits: 3 }, "bound"], groupBy: "rho" };
    expect(String(table([{ rho: 1 / 3, loss: 2 / 3, bound: 2 / 3 }], plain))).toMatch(/rho = 0\.33\n +0\.667 +0\.67/);
  });

  test("combining marks take no room", () => {
    const [heads, rule] = String(table([{ θ̂: 1.25 }, { θ̂: 10 }])).split("\n");
    expect(heads).toBe("   θ̂");
    expect(rule).toBe("────");
  });

  test("HTML escapes everything that comes from outside", () => {
    const bundle = table([{ "<a>": "x & <script>" }], { caption: "<b>", note: '"q"' })[DISPLAY]();
    expect(bundle["text/html"]).not.toMatch(/<(a|b|script)>/);
    expect(bundle["text/html"]).toContain("x &amp; &lt;script&gt;");
    expect(bundle["text/plain"]).toContain("x & <script>");
  });

  test("rows may lack columns; no rows are an empty table", () => {
    expect(String(table([{ a: 1 }, { b: true }]))).toBe("a  b\n─  ───\n1  –\n–  yes");
    expect(String(table([]))).toBe("\n");
  });

  test("refuses columns that no row has, and unknown options", () => {
    expect(() => table(rows, { columns: ["m"] })).toThrow('no row has a "m"; the rows have n, bound, coverage, note');
    expect(() => table(rows, { title: "x" } as object)).toThrow('no option "title"');
  });

  describe("groups", () => {
    const results = [
      { rho: 100, method: "CE", c10: { value: 29.64, error: 0.31 }, c100: 61.68, runs: 5 },
      { rho: 50, method: "CE", c10: { value: 25.19, error: 0.2 }, c100: 56.15, runs: 5 },
      { rho: 100, method: "CE + SSP", c10: { value: 26.5, error: 0.21 }, c100: 58.21, runs: 5 },
    ];
    const columns = [
      "method",
      { key: "c10", head: "CIFAR-10-LT", group: "error, %" },
      { key: "c100", head: "CIFAR-100-LT", group: "error, %" },
      "runs",
    ];
    const grouped = table(results, { columns, groupBy: { key: "rho", head: "ρ" } });

    test("rows of a value stand together under it, columns of a group under its name", () => {
      expect(String(grouped).split("\n")).toEqual([
        "            ──────── error, % ────────",
        "  method     CIFAR-10-LT  CIFAR-100-LT  runs",
        "  ────────  ────────────  ────────────  ────",
        "ρ = 100",
        "  CE        29.64 ± 0.31         61.68     5",
        "  CE + SSP  26.50 ± 0.21         58.21     5",
        "ρ = 50",
        "  CE        25.19 ± 0.20         56.15     5",
      ]);
    });

    test("HTML cells of groups span their rows and columns: every row fills all columns", () => {
      const { document } = new JSDOM(grouped[DISPLAY]()["text/html"] as string).window;
      const rows = [...document.querySelectorAll("tr")].map((row) => [...row.cells]);
      const width = (row: HTMLTableCellElement[]) => row.reduce((sum, { colSpan }) => sum + colSpan, 0);
      expect(rows.map(width)).toEqual([4, 2, 4, 4, 4, 4, 4]);
      expect(rows[0]!.map(({ rowSpan }) => rowSpan)).toEqual([2, 1, 2]);
      expect(rows[1]!.map(({ textContent }) => textContent)).toEqual(["CIFAR-10-LT", "CIFAR-100-LT"]);
      const scopes = rows.slice(0, 4).map((row) => row.map(({ scope }) => scope));
      expect(scopes).toEqual([["col", "colgroup", "col"], ["col", "col"], ["rowgroup"], ["row", "", "", ""]]);
    });

    test("a name wider than its columns widens the last of them", () => {
      const text = String(table([{ a: 1, b: 2 }], { columns: [{ key: "a", group: "a long name" }, "b"] }));
      expect(text).toBe(" a long name\n            a  b\n─────────────  ─\n            1  2");
    });

    test("headings are texts as they are, or what format makes; the grouping column is no column unless asked for", () => {
      expect(String(table([{ set: "SVHN-LT", a: 1 }], { groupBy: "set" }))).toBe("  a\n  ─\nSVHN-LT\n  1");
      const options = { groupBy: { key: "n", format: () => "all" }, columns: ["n", "a"] };
      expect(String(table([{ n: 1, a: 2 }], options))).toBe("  n  a\n  ─  ─\nall\n  1  2");
      expect(() => table(results, { groupBy: "ρ" })).toThrow('no row has a "ρ"');
      expect(() => table(results, { columns: [{ key: "rho", grup: "x" } as never] })).toThrow("Did you mean group?");
    });

    test("Markdown names groups of columns in their heads and sets headings in rows of their own", () => {
      expect(grouped.markdown().split("\n")).toEqual([
        "| method | error, %: CIFAR-10-LT | error, %: CIFAR-100-LT | runs |",
        "| :--- | ---: | ---: | ---: |",
        "| **ρ = 100** |  |  |  |",
        "| CE | 29.64 ± 0.31 | 61.68 | 5 |",
        "| CE + SSP | 26.50 ± 0.21 | 58.21 | 5 |",
        "| **ρ = 50** |  |  |  |",
        "| CE | 25.19 ± 0.20 | 56.15 | 5 |",
      ]);
    });

    test("CSV has the grouping column first, and values and errors apart", () => {
      expect(grouped.csv().split("\r\n")).toEqual([
        'ρ,method,"error, %: CIFAR-10-LT","error, %: CIFAR-10-LT error","error, %: CIFAR-100-LT",runs',
        "100,CE,29.64,0.31,61.68,5",
        "100,CE + SSP,26.5,0.21,58.21,5",
        "50,CE,25.19,0.2,56.15,5",
        "",
      ]);
    });

    test("LaTeX centres groups of columns and rules off headings", () => {
      expect(grouped.latex().split("\n")).toEqual([
        "\\begin{tabular}{@{}lrrr@{}}",
        "\\toprule",
        " & \\multicolumn{2}{c}{error, \\%} &  \\\\",
        "\\cmidrule(lr){2-3}",
        "method & CIFAR-10-LT & CIFAR-100-LT & runs \\\\",
        "\\midrule",
        "\\multicolumn{4}{@{}l}{\\textit{$\\rho$ = 100}} \\\\",
        "CE & 29.64 $\\pm$ 0.31 & 61.68 & 5 \\\\",
        "CE + SSP & 26.50 $\\pm$ 0.21 & 58.21 & 5 \\\\",
        "\\midrule",
        "\\multicolumn{4}{@{}l}{\\textit{$\\rho$ = 50}} \\\\",
        "CE & 25.19 $\\pm$ 0.20 & 56.15 & 5 \\\\",
        "\\bottomrule",
        "\\end{tabular}",
      ]);
    });
  });
});
