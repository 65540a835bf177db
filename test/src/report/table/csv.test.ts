import { fromCSV } from "arquero";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { table } from "../../../../src/report/table.js";

/** What another program reads, all as text. */
const read = (text: string): Record<string, string>[] => fromCSV(text, { autoType: false }).objects() as never;

describe("csv", () => {
  test("any text and any double come back from another reader as they were", () => {
    const line = fc.string({ unit: fc.constantFrom(..."aρ\"',;\r\n |−"), minLength: 1, maxLength: 8 });
    const rows = fc.array(fc.record({ a: line, b: fc.double(), c: fc.double(), d: fc.bigInt() }), { minLength: 1 });
    fc.assert(
      fc.property(rows, (given) => {
        const found = read(table(given.map(({ a, b, c, d }) => ({ a, b: { value: b, error: c }, d }))).csv());
        expect(found).toHaveLength(given.length);
        found.forEach((row, at) => {
          const { a, b, c, d } = given[at]!;
          expect(row["a"]).toBe(a);
          expect(Number(row["b"]) === b || Object.is(Number(row["b"]), b)).toBe(true);
          expect(Number(row["b error"]) === c || Object.is(Number(row["b error"]), c)).toBe(true);
          expect(row["d"]).toBe(String(d));
        });
      }),
    );
  });

  test("numbers have all their digits and no signs for people, whatever the table shows", () => {
    const rows = [{ n: 1_234_567.891, loss: -0.2771, share: 1 / 3 }];
    const shown = table(rows, { digits: 2, columns: ["n", "loss", { key: "share", format: () => "a third" }] });
    expect(String(shown)).toContain("a third");
    expect(shown.csv()).toBe("n,loss,share\r\n1234567.891,-0.2771,0.3333333333333333\r\n");
  });

  test("what is missing is empty; a column with some errors has a column of them", () => {
    const rows = [
      { a: 1, b: null },
      { a: { value: 2, error: 0.5 }, b: true },
    ];
    expect(table(rows).csv()).toBe("a,a error,b\r\n1,,\r\n2,0.5,true\r\n");
    expect(table(rows, { columns: [{ key: "a", error: "sd" }] }).csv()).toBe("a,a sd\r\n1,\r\n2,0.5\r\n");
  });

  test("no rows leave the heads", () => {
    expect(table([], { columns: ["a", { key: "b", head: "B" }] }).csv()).toBe("a,B\r\n");
  });
});
