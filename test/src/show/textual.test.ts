import { inspect } from "node:util";
import { expect, test } from "vitest";
import { DISPLAY, Tabular, Textual, type Grid } from "../../../src/show/index.js";

class Line extends Textual {
  toString(): string {
    return "a line";
  }
}

class Pair extends Tabular {
  protected override summary(): string {
    return "two numbers";
  }

  protected override grid(): Grid {
    return { columns: [{ head: "n", numeric: true }], rows: [{ cells: ["1"] }, { cells: ["22"] }] };
  }
}

const TABLE = " n\n──\n 1\n22";

test("a text and a table show themselves in notebooks", () => {
  expect(new Line()[DISPLAY]()).toEqual({ "text/plain": "a line" });
  const bundle = new Pair()[DISPLAY]();
  expect(bundle["text/plain"]).toBe(TABLE);
  expect(bundle["text/html"]).toContain("<td");
});

test("printed they show all, and within another value what they are", () => {
  for (const options of [{}, { depth: 0 }, { depth: 5 }, { depth: null }]) {
    expect(inspect(new Line(), options)).toBe("a line");
    expect(inspect(new Pair(), options)).toBe(TABLE);
  }
  expect(inspect([new Line(), new Pair()])).toBe("[ [Line], [Pair: two numbers] ]");
  expect(inspect({ deep: { pair: new Pair() } })).toBe("{ deep: { pair: [Pair: two numbers] } }");
});
