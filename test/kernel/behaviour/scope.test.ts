import { beforeAll, describe, expect, it } from "vitest";
import { startKernel, type TestKernel } from "../kernel.js";

let kernel: TestKernel;
beforeAll(async () => {
  kernel = await startKernel();
});

/** Runs cells one after the other; the text of the last one's value. */
async function cells(...codes: string[]): Promise<unknown> {
  let text: unknown;
  for (const code of codes) text = await kernel.value(code);
  return text;
}

describe("one scope for all cells", () => {
  it("closures see what later cells assign", async () => {
    expect(await cells("let counter = 0; const inc = () => ++counter", "counter = 100; inc()")).toBe("101");
    expect(await cells("counter")).toBe("101");
  });

  it("closures see a variable that was declared again", async () => {
    expect(await cells("let n = 1; const next = () => ++n", "let n = 100", "next()")).toBe("101");
    expect(await cells("n")).toBe("101");
  });

  it("functions call the latest declaration of each other", async () => {
    const before = ["function inner() { return 'old' }", "function outer() { return inner() }"];
    expect(await cells(...before, "function inner() { return 'new' }", "outer()")).toBe("'new'");
  });

  it.each([
    ["const to let", "const a1 = 1", "let a1 = 2; a1", "2"],
    ["let to const of another type", "let a2 = 1", "const a2 = 'text'; a2.length", "4"],
    ["a class", "class A3 { v = 1 }", "class A3 { w = 2 }; new A3().w", "2"],
    ["a function", "function a4() { return 1 }", "function a4(x: string) { return x }; a4('x')", "'x'"],
    ["a function by a variable", "function a5() { return 1 }", "const a5 = 3; a5", "3"],
    ["an import by a variable", "import { join as a6 } from 'node:path'", "const a6 = 6; a6", "6"],
    ["a variable by an import", "const a7 = 6", "import { basename as a7 } from 'node:path'; a7('/x/y')", "'y'"],
    ["an enum", "enum A8 { One }", "enum A8 { Two = 2 }; A8.Two", "2"],
    [
      "an interface",
      "interface A9 { x: number }",
      "interface A9 { y: string }; const a9: A9 = { y: 'y' }; a9.y",
      "'y'",
    ],
    ["a type", "type B1 = number", "type B1 = string; const b1: B1 = 's'; b1", "'s'"],
    ["the same cell", "const b2 = 1; class B2 {}; enum B3 { X }", "const b2 = 1; class B2 {}; enum B3 { X }; b2", "1"],
  ])("declares again: %s", async (_, first, second, text) => {
    expect(await cells(first, second)).toBe(text);
  });

  it("forgets the value of a variable declared again without one", async () => {
    expect(await cells("let left = 1", "let left: number | undefined; left === undefined")).toBe("true");
  });

  it("keeps that of a `var` that stands twice in a cell", async () => {
    expect(await cells("var twice = 5; var twice: number; twice")).toBe("5");
    expect(await cells("if (true) { var inside = 6 } var inside: number; inside")).toBe("6");
  });

  it("keeps `var` in blocks and loops", async () => {
    expect(await cells("for (var i = 0, k = 5; i < 3; i++) { var last = i } ", "[i, k, last].join()")).toBe("'3,5,2'");
    expect(await cells("for (var item of ['a', 'b']) {}\nfor (var key in { x: 1 }) {}", "item + key")).toBe("'bx'");
    expect(await cells("{ let item = 'hidden' }; item")).toBe("'b'");
  });

  it("destructures with defaults, rests and holes", async () => {
    const source =
      "const { a: { b = 1 } = {}, 'c-d': cd = 2, [`e${1}`]: e1, ...others } = { e1: 3, f: 4 } as any, [g, , h = 5, ...is] = [6, 7, undefined, 8, 9]";
    expect(await cells(source, "JSON.stringify([b, cd, e1, others, g, h, is])")).toBe("'[1,2,3,{\"f\":4},6,5,[8,9]]'");
  });

  it("compiles namespaces, overloads, decorators, generators and static blocks", async () => {
    expect(
      await cells("namespace N { export const x = 1; export function f() { return x + 1 } }", "N.f()", "N.x"),
    ).toBe("1");
    expect(
      await cells(
        "function over(a: string): string\nfunction over(a: number): number\nfunction over(a: any) { return a }\nover(2)",
      ),
    ).toBe("2");
    expect(
      await cells(
        "const seal = (target: any) => { target.sealed = true }",
        "@seal class S { static sealed = false; static self() { return S } }",
        "S.sealed && S.self() === S",
      ),
    ).toBe("true");
    expect(
      await cells(
        "class P { @mark m() { return 1 } }\nfunction mark(target: any, name: string, d: PropertyDescriptor) { d.value = () => 2 }\nnew P().m()",
      ),
    ).toBe("2");
    expect(await cells("function* g(n: number) { while (n) yield n-- }", "[...g(3)].join('')")).toBe("'321'");
    expect(
      await cells(
        "async function* ag() { yield 1; await null; yield 2 }",
        "let sum = 0; for await (const x of ag()) sum += x; sum",
      ),
    ).toBe("3");
    expect(await cells("class Q { static #n = 1; static { Q.#n++ } static n() { return Q.#n } }", "Q.n()")).toBe("2");
    expect(await cells("abstract class R { abstract x: number }; class R2 extends R { x = 7 }", "new R2().x")).toBe(
      "7",
    );
  });

  it("ignores `export`", async () => {
    expect(
      await cells("export const ex = 1; export class Ex {}; export function exf() { return 2 }", "ex + exf()"),
    ).toBe("3");
    expect(await cells("export { ex }; export * from 'node:path'; export type ET = number; ex")).toBe("1");
    expect(await cells("export default class Named { x = 9 }", "new Named().x")).toBe("9");
    expect(await cells("export default ex + 1")).toBe("2");
    expect(await cells("export default { a: ex, b: 2 };")).toBe("{ a: 1, b: 2 }");
    expect(await cells("export default function (x: number) { return x }")).toContain("[Function");
  });

  it("hides nothing from libraries: names that are globals too", async () => {
    const kernel = await startKernel();
    const cells = async (code: string): Promise<unknown> => kernel.value(code);
    const names =
      "process performance name window document module exports self global Buffer define navigator setTimeout";
    for (const name of names.split(" ")) expect(await cells(`const ${name} = "mine"; [${name}][0]`)).toBe("'mine'");
    expect(await cells("process + performance + window")).toBe("'mineminemine'");
    expect(
      await cells("import { createHash } from 'node:crypto'; createHash('md5').update('').digest('hex').length"),
    ).toBe("32");
    expect(await cells("import * as tf from '@tensorflow/tfjs'; tf.tensor([1, 2]).sum().dataSync()[0]")).toBe("3");
    expect(await cells("import * as aq from 'arquero'; aq.table({ a: [1, 2] }).numRows()")).toBe("2");
    expect(await cells("typeof globalThis.process.pid")).toBe("'number'");
    expect(await cells("await new Promise(done => globalThis.setTimeout(done, 1)); 'awaited'")).toBe("'awaited'");
  });

  it("imports under a name that is a global or `module`", async () => {
    expect(
      await cells("import module from 'node:module'; typeof module.builtinModules", "typeof module.createRequire"),
    ).toBe("'function'");
    expect(await cells("import process from 'node:process'; typeof process.pid")).toBe("'number'");
  });

  it("keeps what a failing cell had declared before it failed", async () => {
    const { reply } = await kernel.run("let kept = 5; throw new Error('stop')");
    expect(reply.status).toBe("error");
    expect(await cells("kept")).toBe("5");
  });

  it("runs any cell twice", async () => {
    const sources = [
      "import { join } from 'node:path'; const p = join('a', 'b'); p",
      "class Twice { static made = 0; constructor() { Twice.made++ } }; new Twice(); Twice.made",
      "enum Level { Low, High }; Level[1]",
      "const { x, ...more } = { x: 1, y: 2 }; function show() { return more.y }; show()",
      "let total = 0; for (var step = 0; step < 4; step++) total += step; total",
      "const value = await Promise.resolve('v'); value",
    ];
    for (const source of sources) expect(await cells(source)).toBe(await cells(source));
  });
});

describe("top-level await", () => {
  it("awaits", async () => {
    expect(await cells("const waited = await new Promise<string>(r => setTimeout(r, 20, 'done'))", "waited")).toBe(
      "'done'",
    );
  });

  it("awaits in `for await` alone", async () => {
    expect((await kernel.run("for await (const x of [Promise.resolve(1), 2]) console.log(x)")).stdout).toBe("1\n2\n");
  });

  it("awaits in parallel, in conditions and in template literals", async () => {
    expect(await cells("(await Promise.all([1, 2].map(async (q) => { await null; return q * 2 }))).join()")).toBe(
      "'2,4'",
    );
    expect(await cells("(await Promise.resolve(true)) ? `${await Promise.resolve(1)}` : 0")).toBe("'1'");
    expect(await cells("new (await Promise.resolve(Map))().size")).toBe("0");
  });
});

describe("the value of a cell", () => {
  it.each([
    ["// comment\n1 + 1 // and after", "2"],
    ["/* a */ (\n// b\n1 + 2)", "3"],
    ["'use strict'", "'use strict'"],
    ["({ a: 1 })", "{ a: 1 }"],
    ["[1, 2].map((x) => x * 2)", "[ 2, 4 ]"],
    ["let q = 1; q += 4", "5"],
    ["`multi\nline`", "'multi\\nline'"],
    ["null", "null"],
    ["(() => this)()", undefined],
  ])("%j is %s", async (source, text) => {
    expect(await cells(source)).toBe(text);
  });

  it.each(["undefined", "const nothing = 1", "function nothing2() {}", "void 0", "", "// only a comment", "if (1) 5"])(
    "%j shows nothing",
    async (source) => {
      const { types } = await kernel.run(source);
      expect(types).toEqual(["status", "execute_input", "status"]);
    },
  );

  it("is awaited where it is a promise", async () => {
    expect(await cells("Promise.resolve(42)")).toBe("42");
    expect(await cells("(async () => { await null; return 'later' })()")).toBe("'later'");
  });
});

describe("types", () => {
  it("flow from cell to cell", async () => {
    await cells("interface Point { x: number; y: number }; const origin: Point = { x: 0, y: 0 }");
    const { traceback, reply } = await kernel.run("origin.z");
    expect(reply.ename).toBe("TypeScriptError");
    expect(traceback).toContain("Property 'z' does not exist on type 'Point'");
  });

  it("are checked before anything runs, and shown with a code frame", async () => {
    const { reply, stdout, traceback } = await kernel.run(`console.log("started");\n  const wrong: string = 5;`);
    expect(stdout).toBe("");
    expect(reply).toMatchObject({ status: "error", ename: "TypeScriptError" });
    expect(reply.evalue).toBe("Type 'number' is not assignable to type 'string'.");
    expect(traceback).toMatch(
      /^cell\[\d+\]:2:9 - error TS2322: Type 'number' is not assignable to type 'string'\.\n\n {2}2 \| {3}const wrong: string = 5;\n {4}\| {9}~~~~~\n/,
    );
  });

  it("name every syntax error", async () => {
    const { traceback } = await kernel.run("const = 5;\nlet y = ;");
    expect(traceback).toContain(":1:7 - error TS1134");
    expect(traceback).toContain(":2:9 - error TS1109");
  });

  it("know the console and Node outside any npm project", async () => {
    expect((await kernel.run("console.log(Buffer.from('a').length)")).stdout).toBe("1\n");
    expect((await kernel.run("const m: number = globalThis.console")).traceback).toContain("Console");
  });

  it("accept present-day syntax and library", async () => {
    expect(await cells("const cfg = { a: 1 } satisfies Record<string, number>; cfg.a")).toBe("1");
    expect(await cells("[3, 1, 2].findLast((x) => x > 1)")).toBe("2");
    expect(await cells("const first = <const T,>(x: T) => x; first(['a'] as const)[0]")).toBe("'a'");
  });

  it("may declare names that begin with underscores, the kernel's own among them", async () => {
    expect(await cells("const __a = 2", "const ___b = () => __a, __kernel = 3", "await 4", "___b() + __kernel")).toBe(
      "5",
    );
  });

  it("may add to global types and to those of a package", async () => {
    expect(
      await cells(
        "declare global { interface Array<T> { second(): T } }\nArray.prototype.second = function () { return this[1] };",
        "import * as path from 'node:path';\ndeclare module 'node:path' { interface Extra { z: number } }\nconst extra: path.Extra = { z: 6 }; extra.z",
      ),
    ).toBe("6");
  });
});
