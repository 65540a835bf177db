import { describe, expect, test } from "vitest";
import { DISPLAY } from "../../../src/show/display.js";
import { table } from "../../../src/report/table.js";

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
});
