import typescript from "typescript";
import { describe, expect, it } from "vitest";
import { cellTransformer, type CellEmit } from "../../../kernel/compiler/cell.js";
import { guardAwaits } from "../../../kernel/compiler/guard.js";
import { ts } from "../../../kernel/compiler/typescript.js";

/** What the kernel would run for a cell, without the map. */
function emit(source: string): CellEmit & { code: string } {
  const cell: CellEmit = { names: [], untyped: [], hasAwait: false };
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: {
      module: typescript.ModuleKind.ESNext,
      target: typescript.ScriptTarget.ES2022,
      experimentalDecorators: true,
      removeComments: true,
    },
    transformers: { after: [cellTransformer(cell)] },
  });
  return { ...cell, code: outputText.trim().replace(/\s*\n\s*/g, " ") };
}

describe("what becomes of a cell's declarations", () => {
  it.each<[source: string, code: string, names: string]>([
    ["const a = 1", "a = 1;", "a"],
    ["let a: number", "a = void 0;", "a"],
    ["var a = 1, b", "a = 1; b = void 0;", "a b"],
    ["const { a, b: c } = o", "({ a, b: c } = o);", "a c"],
    ["const { a = 1, b: { c = 2 } = {}, ...d } = o", "({ a = 1, b: { c = 2 } = {}, ...d } = o);", "a c d"],
    ["const [a, , b = 1, [c], ...d] = o", "[a, , b = 1, [c], ...d] = o;", "a b c d"],
    ["const { [k()]: a, 'b-c': d } = o", "({ [k()]: a, 'b-c': d } = o);", "a d"],
    ["function f(x: number): number { return x }", "f = function (x) { return x; };", "f"],
    ["async function f() {}", "f = async function () { };", "f"],
    ["function* f() {}", "f = function* () { };", "f"],
    ["async function* f() { yield 1 }", "f = async function* () { yield 1; };", "f"],
    ["function f(a: string): void\nfunction f(a: number): void\nfunction f(a: any) {}", "f = function (a) { };", "f"],
    ["g(); function g() {} ", "g = function () { }; g();", "g"],
    ["class A extends B { static x = A.y; m() {} }", "A = class A extends B { static x = A.y; m() { } };", "A"],
    ["abstract class A { abstract m(): void }", "A = class A { };", "A"],
    ["enum E { A, B = 'b' }", 'E = void 0; (function (E) { E[E["A"] = 0] = "A"; E["B"] = "b"; })(E || (E = {}));', "E"],
    ["namespace N { export const x = 1 }", "N = void 0; (function (N) { N.x = 1; })(N || (N = {}));", "N"],
    ["type T = 1; interface I {} declare const x: number", "", ""],
    ["const a = () => 1, b = function () {}", "a = () => 1; b = function () { };", "a b"],
    ["for (const i of x) { const y = i }", "for (const i of x) { const y = i; }", ""],
    ["for (let i = 0; ; ) {}", "for (let i = 0;;) { }", ""],
    ["for (var i = 0, j = 1, k; i < 1; i++) {}", "for (i = 0, j = 1; i < 1; i++) { }", "i j k"],
    ["for (var i; ; ) {}", "for (;;) { }", "i"],
    ["for (var { a } = o; ; ) {}", "for (({ a } = o);;) { }", "a"],
    ["for (var [a, b] of o) {}", "for ([a, b] of o) { }", "a b"],
    ["for (var k in o) {}", "for (k in o) { }", "k"],
    [
      "outer: for (var i of x) { for (const y of i) continue outer }",
      "outer: for (i of x) { for (const y of i) continue outer; }",
      "i",
    ],
    ["if (x) { var a = 1 } else var b = 2", "if (x) { a = 1; } else b = 2;", "a b"],
    ["{ let a = 1; var b = a }", "{ let a = 1; b = a; }", "b"],
    ["try { var a = 1 } catch { var b = 2 } finally { }", "try { a = 1; } catch { b = 2; } finally { }", "a b"],
    ["function f() { var a = 1; let b; class C {} }", "f = function () { var a = 1; let b; class C { } };", "f"],
    ["const o = { f() { var hidden } }", "o = { f() { var hidden; } };", "o"],
    ["export const a = 1; export { a }; export * from 'b'", "a = 1;", "a"],
  ])("%s", (source, code, names) => {
    const emitted = emit(source);
    expect(emitted.code).toBe(code);
    expect(emitted.names.join(" ")).toBe(names);
  });

  it("the compiler's own variables stay in the cell", () => {
    const { code, names } = emit("@d class A { static x = 1; m() { return A.x } }");
    expect(names).toEqual(["A"]);
    expect(code).toContain("var A_1;");
    expect(code).toContain("A = A_1 = __decorate(");
  });

  it("a `var` in a block is known as one without a type, unless the cell declares it at its top level too", () => {
    expect(emit("for (var i = 0; ; ) {}").untyped).toEqual(["i"]);
    expect(emit("var i = 1; for (var i = 0; ; ) {}").untyped).toEqual([]);
    expect(emit("const a = 1; function f() {}").untyped).toEqual([]);
  });
});

describe("what becomes of imports", () => {
  const load = (bindings: Record<string, string>): string => {
    const setters = Object.entries(bindings).map(
      ([local, name]) => `${local}: ["${name}", __kernel$_value => ${local} = __kernel$_value]`,
    );
    return `await __kernel$.load("m", ${setters.length > 0 ? `{ ${setters.join(", ")} }` : "{}"});`;
  };
  it.each<[source: string, code: string, names: string]>([
    ['import "m"', load({}), ""],
    ['import a from "m"; a', `${load({ a: "default" })} return a;`, "a"],
    ['import * as a from "m"; a', `${load({ a: "*" })} return a;`, "a"],
    [
      'import a, { b, c as d, default as e } from "m"; [a, b, d, e]',
      `${load({ a: "default", b: "b", d: "c", e: "default" })} return [a, b, d, e];`,
      "a b d e",
    ],
    ['import type { T } from "m"', "", ""],
    ['import { type T, a } from "m"; a', `${load({ a: "a" })} return a;`, "a"],
    ['f(); import { a } from "m"; a', `${load({ a: "a" })} f(); return a;`, "a"],
    [
      'const a = await import("m")',
      'a = __kernel$.resume(__kernel$.begin(), await __kernel$.pause(__kernel$.import("m")));',
      "a",
    ],
    ["import.meta.url", "return __kernel$.meta.url;", ""],
  ])("%s", (source, code, names) => {
    const emitted = emit(source);
    expect(emitted.code).toBe(code);
    expect(emitted.names.join(" ")).toBe(names);
  });
});

describe("what becomes of the last expression, of await", () => {
  it.each<[source: string, code: string, hasAwait: boolean]>([
    ["1; 2", "1; return 2;", false],
    ["({ a })", "return ({ a });", false],
    ["a = 1", "return a = 1;", false],
    ["f(); function f() {}", "f = function () { }; f();", false],
    ["2; if (x) 3", "2; if (x) 3;", false],
    ["await x", "return __kernel$.resume(__kernel$.begin(), await __kernel$.pause(x));", true],
    [
      "const f = async () => { await x }",
      "f = async () => { __kernel$.resume(__kernel$.begin(), await __kernel$.pause(x)); };",
      false,
    ],
    ["for await (const a of b) c", "for await (const a of __kernel$.iterate(b)) c;", true],
    [
      "async function f() { for await (const a of b) c }",
      "f = async function () { for await (const a of __kernel$.iterate(b)) c; };",
      false,
    ],
    ["new (await x)()", "return new (__kernel$.resume(__kernel$.begin(), await __kernel$.pause(x)))();", true],
    [
      "({ [await x]() { } })",
      "return ({ [__kernel$.resume(__kernel$.begin(), await __kernel$.pause(x))]() { } });",
      true,
    ],
    ["if (await x) { y }", "if (__kernel$.resume(__kernel$.begin(), await __kernel$.pause(x))) { y; }", true],
    [
      "class A { async m() { await x } }",
      "A = class A { async m() { __kernel$.resume(__kernel$.begin(), await __kernel$.pause(x)); } };",
      false,
    ],
  ])("%s", (source, code, hasAwait) => {
    const emitted = emit(source);
    expect(emitted.code).toBe(code);
    expect(emitted.hasAwait).toBe(hasAwait);
  });

  it("awaits of local modules are guarded, their imports are left alone", () => {
    const { outputText } = ts.transpileModule("await import('x'); import.meta", {
      compilerOptions: { module: typescript.ModuleKind.ESNext, target: typescript.ScriptTarget.ES2022 },
      transformers: { after: [(context) => (file) => guardAwaits(context, file)] },
    });
    expect(outputText.split("\n").slice(0, 2)).toEqual([
      "__kernel$.resume(__kernel$.begin(), await __kernel$.pause(import('x')));",
      "import.meta;",
    ]);
  });
});
