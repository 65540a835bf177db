import { expect, test } from "vitest";
import { data } from "../../../../src/index.js";
import { table } from "../../../../src/report/table.js";
import { cellText, isNumeric } from "../../../../src/report/table/cell.js";

const midnight = new Date(Date.UTC(2024, 0, 5));
const noon = new Date(Date.UTC(2024, 1, 5, 12));

test.each([
  ["a date", midnight, "2024-01-05"],
  ["a date with a time", noon, "2024-02-05T12:00:00.000Z"],
  ["no date", new Date(NaN), "Invalid Date"],
  ["an array", [1200, 60, "x", null], "1,200, 60, x, –"],
  ["bytes", Uint8Array.of(1, 2), "1, 2"],
  ["an object", { h: 32, w: [1] }, "{ h: 32, w: [Array] }"],
  ["an object with a value that is none", { value: "x", error: 1 }, "{ value: 'x', error: 1 }"],
  ["a measured number", { value: 0.5, error: 0.01 }, "0.500 ± 0.010"],
  ["one without an error", { value: 0.5 }, "0.5"],
  ["a bigint", 12n, "12"],
  ["true", true, "yes"],
  ["infinity", Infinity, "∞"],
])("%s", (_name, value, text) => expect(cellText(value)).toBe(text));

test("what shows itself as a table stands in a cell in a line", () => {
  expect(cellText(data.Examples.of(data.stickers({ counts: 1 })))).toMatch(/^\[Examples: .+\]$/);
});

test("numbers line up to the right, and dates, arrays and objects to the left", () => {
  for (const value of [1, 2n, { value: 1, error: 2 }]) expect(isNumeric([null, value])).toBe(true);
  for (const value of [midnight, [1, 2], { h: 32 }, "1", true, null]) expect(isNumeric([value])).toBe(false);
  expect(String(table([{ day: midnight, n: 3, tags: ["a", "b"], size: { h: 32 } }])).split("\n")[2]).toBe(
    "2024-01-05  3  a, b  { h: 32 }",
  );
});

test("CSV has the same texts, with all digits of numbers, and no column of errors for them", () => {
  const rows = [{ day: noon, counts: [1 / 3, 60], size: { h: 32 }, share: { value: 0.5 } }];
  expect(table(rows).csv()).toBe(
    'day,counts,size,share,share error\r\n2024-02-05T12:00:00.000Z,"0.3333333333333333, 60",{ h: 32 },0.5,\r\n',
  );
});
