import { desc, op, table } from "arquero";
import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import { format } from "../../../kernel/format/index.js";

// Its typings need those of the browser; the two constructors are all that is used.
const danfo = createRequire(import.meta.url)("danfojs-node") as {
  DataFrame: new (columns: Record<string, unknown[]>, options?: object) => object;
  Series: new (values: unknown[], options?: object) => object;
};

const lines = (bundle: Record<string, unknown>): string[] => String(bundle["text/plain"]).split("\n");

describe("Arquero tables", () => {
  it("show rows in their order, after their filters", async () => {
    const values = table({ key: ["a", "b", "c"], n: [1, 3, 2] });
    const shown = values.filter((row: { n: number }) => row.n > 1).orderby(desc("n"));
    const bundle = await format(shown);
    expect(lines(bundle)).toEqual(["key  n", "b    3", "c    2", "2 rows × 2 columns"]);
    expect(bundle["text/html"]).toContain("<table>");
  });

  it("are cut to 20 rows, and say so", async () => {
    const shown = lines(await format(table({ i: Array.from({ length: 1000 }, (_, i) => i) })));
    expect(shown).toHaveLength(22);
    expect(shown.at(-1)).toBe("first 20 of 1,000 rows × 1 column");
  });

  it("show what a rollup makes", async () => {
    const rolled = table({ v: [1, 2, 4] }).rollup({ mean: op.mean("v") });
    expect(lines(await format(rolled))).toEqual(["   mean", "2.33333", "1 row × 1 column"]);
  });
});

describe("Danfo frames", () => {
  it("show columns beside their index", async () => {
    const frame = new danfo.DataFrame({ a: [1, 2], b: ["x", "<y>"] }, { index: ["r1", "r2"] });
    const bundle = await format(frame);
    expect(lines(bundle)).toEqual(["    a  b", "r1  1  x", "r2  2  <y>", "2 rows × 2 columns"]);
    expect(bundle["text/html"]).toContain("&lt;y&gt;");
  });

  it("show series, cut to 20 rows", async () => {
    const series = new danfo.Series(
      Array.from({ length: 50 }, (_, i) => i / 4),
      { columns: ["quarter"] },
    );
    const shown = lines(await format(series));
    expect(shown[0]).toBe("    quarter");
    expect(shown[3]).toBe(" 2     0.50");
    expect(shown.at(-1)).toBe("first 20 of 50 rows × 1 column");
  });
});
