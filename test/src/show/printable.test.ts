import { expect, test } from "vitest";
import { gridText } from "../../../src/show/grid-text.js";
import { printable } from "../../../src/show/printable.js";

const TITLE = "\u001b]0;title\u0007";

test("what a terminal would obey is shown", () => {
  expect(printable(`a${TITLE}b\u009b2J\u007f\r`)).toBe("a\\x1b]0;title\\x07b\\x9b2J\\x7f\\x0d");
  expect(printable("Zürich\t猫 θ̂\n–")).toBe("Zürich\t猫 θ̂\n–");
});

test("in tables, too, whose columns stay in line", () => {
  const columns = [
    { head: "class", numeric: false },
    { head: `${TITLE}n`, numeric: true },
  ];
  const rows = [{ cells: [`cat${TITLE}`, "1"] }, { cells: ["dog", "2"], group: TITLE }];
  const text = gridText({ caption: TITLE, columns, rows, note: TITLE });
  expect(text).not.toMatch(/(?!\n)\p{Cc}/u);
  expect(text.split("\n").filter((line) => /[12]$/.test(line))).toEqual([
    "  cat\\x1b]0;title\\x07                  1",
    "  dog                                  2",
  ]);
});
