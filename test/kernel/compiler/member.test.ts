import { expect, it } from "vitest";
import { memberAt } from "../../../kernel/compiler/member.js";

it.each([
  ["data.|", { name: "data", keys: [], typed: "" }],
  ["data.ro|ws.length", { name: "data", keys: [], typed: "ro" }],
  ["f(1, data.rows[0]?.na|", { name: "data", keys: ["rows", "0"], typed: "na" }],
  ['if (data!["first name"].x.|) { }', { name: "data", keys: ["first name", "x"], typed: "" }],
  ["const x = data.\n  ab|\nconst y = 1", { name: "data", keys: [], typed: "ab" }],
  ["data.|\nconst y = 1", { name: "data", keys: [], typed: "" }],
  ["({ data: data.| })", { name: "data", keys: [], typed: "" }],
])("what a name is typed behind: %s", (code, expected) => {
  const at = code.indexOf("|");
  expect(memberAt(code.replace("|", ""), at)).toEqual(expected);
});

it.each([
  "da|ta.rows",
  "data|.rows",
  "data .rows; |",
  "call().|", // would have to run
  "data[i].|",
  "data[`a`].|",
  "new Map().|",
  "rows.map((data) => data.|", // another one
  "const data = await load(); data.|",
  "import data from 'x'; data.|",
  "for (const { data } of all) data.|",
  "// data.|",
  "'data.|'",
  "1.|",
  "|",
])("none that can be looked up: %s", (code) => {
  const at = code.indexOf("|");
  expect(memberAt(code.replace("|", ""), at)).toBeUndefined();
});
