import { describe, expect, it } from "vitest";
import { completeness } from "../../../kernel/compiler/completeness.js";

describe("a cell is complete", () => {
  it.each([
    "",
    "   \n",
    "1",
    "const x = 1",
    "const x = 1;",
    "function f() { return 1 }",
    "class A { #x = 1 }",
    "if (a) b",
    "if (a) { b } else { c }",
    "for (;;) {}",
    "() => {}",
    "`template ${1 + 1} text`",
    "`two\nlines`",
    "// comment",
    "/* comment */",
    "await f()",
    "for await (const x of y) {}",
    "let x: Array<Map<string, number>> = []",
    "const re = /[(]/",
    "'a string with \\' in it'",
    "import { a } from 'b'",
    "export const x = 1",
    "type A = { [K in B]: C }",
    "enum E { A }",
    "namespace N { const x = 1 }",
    "@decorate class A {}",
    "label: for (;;) break label",
    "a\n  .b()\n  .c()",
  ])("%j", (code) => expect(completeness(code)).toEqual({ status: "complete" }));
});

describe("a cell is incomplete", () => {
  it.each([
    ["function f() {", "  "],
    ["if (x) {\n  y(", "    "],
    ["const x =", ""],
    ["const x = {", "  "],
    ["const x = [1,", ""],
    ["f(", "  "],
    ["f(1,", ""],
    ["`text", ""],
    ["`text ${1", ""],
    ["/* comment", ""],
    ["if (x", ""],
    ["class A {\n  m() {\n    return 1", "    "],
    ["a +", ""],
    ["x => {", "  "],
    ["import {", "  "],
    ["type A = {", "  "],
    ["const x = 1 + // why", ""],
    ["try {", "  "],
    ["a ?", ""],
    ["new", ""],
  ])("%j, the next line starting with %j", (code, indent) =>
    expect(completeness(code)).toEqual({ status: "incomplete", indent }),
  );
});

describe("a cell is invalid", () => {
  it.each([
    "const = 1",
    "1 2",
    "}",
    ")",
    "function 1() {}",
    "const s = 'abc\n1",
    "let x = ;\nlet y = 2",
    "if (x) } {",
    "f(1 2)",
    "let x y",
  ])("%j", (code) => expect(completeness(code)).toEqual({ status: "invalid" }));

  it("where two empty lines at the end say that it is to be run all the same", () => {
    expect(completeness("function f() {\n\n")).toEqual({ status: "invalid" });
  });
});
