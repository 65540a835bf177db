import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { CompilerService } from "../../../kernel/compiler/service.js";
import { folderWith, write } from "../kernel.js";

const folder = folderWith({
  "a.ts": `import { b } from "./b.js";\nimport "node:fs";\nexport const a: number = b;`,
  "b.ts": "export const b = 1;",
  "circle1.ts": `import "./circle2.js";\nexport const x = 1;`,
  "circle2.ts": `import "./circle1.js";\nexport const y = 2;`,
  "data.json": "[1, 2]",
  "old.cjs": "module.exports = { old: 1 }",
});
let service: CompilerService;
beforeAll(() => {
  service = new CompilerService(folder);
});

/** A cell that must compile, and runs. */
function convert(source: string): Exclude<ReturnType<CompilerService["convert"]>, { error: unknown }> {
  const compiled = service.convert(source, "cell[1]");
  if ("error" in compiled) throw new Error(compiled.error.traceback.join("\n"));
  service.adopt();
  return compiled;
}

describe("converting a cell", () => {
  it("gives code, names, a source map, and whether it waits", () => {
    const { code, names, map, hasAwait } = convert("const first: number = 1;\nfirst + 1");
    expect(code).toContain("first = 1;");
    expect(code).toContain("return first + 1;");
    expect(names).toEqual(["first"]);
    expect(hasAwait).toBe(false);
    expect(JSON.parse(map)).toMatchObject({ version: 3 });
    expect(convert("await null").hasAwait).toBe(true);
  });

  it("knows the array methods of ES2023, which TypeScript 5.0 does not", () => {
    convert("const sorted: number[] = [3, 1].toSorted((a, b) => a - b).with(0, 2).toReversed().toSpliced(0, 1)");
    convert("const typed: Float64Array = new Float64Array(2).toSorted().with(0, 1)");
    expect(service.convert("[1].toSorted().at(0).length", "cell[1]")).toHaveProperty("error.ename", "TypeScriptError");
  });

  it("knows what of Node neither TypeScript 5.0 nor @types/node declares", () => {
    convert("const { instance } = await WebAssembly.instantiate(new Uint8Array(8)); instance.exports.add(1, 2)");
    convert("const init: BodyInit = 'text'; const headers: HeadersInit = { a: 'b' }; 'a'.isWellFormed()");
    convert("const first: string = (await (await fetch('https://localhost')).json()).rows[0].name");
    expect(service.convert("new WebAssembly.Memory({})", "cell[1]")).toHaveProperty("error.ename", "TypeScriptError");
  });

  it("knows the types of earlier cells, and forgets what was declared again", () => {
    convert("const word = 'text'");
    expect(service.convert("word.toFixed()", "cell[2]")).toMatchObject({ error: { ename: "TypeScriptError" } });
    convert("const word = 5");
    convert("word.toFixed()");
  });

  it("takes values of types that no declaration can spell, and keeps what it can of them", () => {
    convert("const Private = class { private p = 1; q = 2 };");
    convert("const q: number = new Private().q");
    expect(service.convert("const p: string = new Private().q", "c")).toHaveProperty("error.ename", "TypeScriptError");
  });

  it("leaves the declarations alone where a cell fails", () => {
    convert("const stays = 1");
    expect(service.convert("const stays: string = 5; const never = 1", "c")).toHaveProperty("error");
    convert("stays.toFixed()");
    expect(service.convert("never", "c")).toHaveProperty("error");
  });

  it("leaves the declarations alone where a cell is not adopted, or fails before it could be", () => {
    convert("const before = 1");
    service.convert("const before = 'text', unseen = 1", "c");
    convert("before.toFixed()");
    service.convert("const before = 'text'", "c");
    service.convert("const before: number = 'text'", "c");
    service.adopt();
    convert("before.toFixed()");
    expect(service.convert("unseen", "c")).toHaveProperty("error");
  });

  it("goes on after cells that would confuse a parser", () => {
    for (const source of [
      "{",
      "}",
      "`",
      "/*",
      "'",
      "\0",
      "<T>",
      "@",
      "#!x",
      "import",
      "export {",
      "\u2028",
      "class {",
      "a.b.c.?",
    ])
      service.convert(source, "c");
    convert("const sound = 1; sound");
  });
});

describe("local modules", () => {
  const files = (specifier: string): string[] => service.module(specifier, null)!.modules.map(({ file }) => file);

  it("come with all that they import of the user's", () => {
    expect(files("./a")).toEqual([join(folder, "a.ts"), join(folder, "b.ts")]);
    const { modules } = service.module("./a", null)!;
    expect(modules[0]!.imports).toEqual({ "./b.js": join(folder, "b.ts"), "node:fs": null });
    expect(modules[0]!.code).toContain("System.register(");
  });

  it("get another version when anything below them changes, and only then", () => {
    const version = (specifier: string): string => service.module(specifier, null)!.modules[0]!.version;
    const [a, b, circle] = [version("./a"), version("./b"), version("./circle1")];
    expect(version("./a")).toBe(a);
    write(join(folder, "b.ts"), "export const b = 2;");
    expect(version("./a")).not.toBe(a);
    expect(version("./b")).not.toBe(b);
    expect(version("./circle1")).toBe(circle);
    write(join(folder, "circle2.ts"), `import "./circle1.js";\nexport const y = 3;`);
    expect(version("./circle1")).not.toBe(circle);
    write(join(folder, "b.ts"), "export const b = 1;");
    expect(version("./a")).toBe(a);
  });

  it("may be JSON and CommonJS; packages and built-in modules are none", () => {
    expect(service.module("./data.json", null)!.modules[0]!.code).toContain("const value = [1, 2]");
    expect(service.module("./old.cjs", null)!.modules[0]!.code).toContain("module.exports");
    for (const specifier of ["node:fs", "fs", "arquero", "./missing", "longtail", "tslab"])
      expect(service.module(specifier, null)).toBe(null);
  });
});

describe("asking", () => {
  it("completes and inspects what earlier cells declared", () => {
    convert("/** The answer. */\nconst answer = { value: 42 }");
    expect(service.complete("answer.va", 9)).toMatchObject({
      matches: ["value"],
      start: 7,
      end: 9,
      types: [{ text: "value", type: "property" }],
    });
    expect(service.inspect("answer", 6)).toEqual({
      text: expect.stringContaining("The answer.") as unknown,
      path: { name: "answer", keys: [] },
    });
    expect(service.inspect("undeclared", 3).text).toBe(null);
    expect(service.inspect("Math.max(1, ", 12).text).toContain("Math.max(...values: number[]): number");
  });

  it.each([
    ['const m: "alpha" | "beta" = "al|"', 29, 31, "alpha"],
    ['const m: "alpha" | "beta" = "al|', 29, 31, "alpha"],
    ["const o = { beta: 1, gamma: 2 }; o['be|t']", 36, 39, "beta"],
    ['import "node:f|"', 8, 14, "node:fs"],
    ['import "node:assert/s|"', 20, 21, "strict"],
    ["require('node:assert/s|')", 21, 22, "strict"],
    ['"no|thing to complete"', 1, 3, undefined],
  ])("completes inside of strings what is typed there: %s", (code, start, end, match) => {
    const cursor = code.lastIndexOf("|");
    const completion = service.complete(code.slice(0, cursor) + code.slice(cursor + 1), cursor);
    expect(completion).toMatchObject({ start, end });
    expect(completion.matches[0]).toBe(match);
  });

  it("completes paths in strings that nothing else is known of", () => {
    const names = ["images/cat/1.png", "images/.hidden/2", "lib.ts", "list.json", "likes.csv", "Lines.md", ".secret"];
    const paths = folderWith(Object.fromEntries(names.map((name) => [name, ""])));
    const asked = new CompilerService(paths);
    for (const [code, start, end, matches] of [
      ['open("|")', 6, 6, ["Lines.md", "images/", "lib.ts", "likes.csv", "list.json"]],
      ['open("LI|', 6, 8, ["Lines.md", "lib.ts", "likes.csv", "list.json"]],
      ['open("images/|")', 13, 13, ["cat/"]],
      ['open("images/.|")', 13, 14, [".hidden/"]],
      ["open('./images/cat/|x')", 19, 19, ["1.png"]],
      [`open("${paths}/im|")`, 7 + paths.length, 9 + paths.length, ["images/"]],
      ['open("nowhere/|")', 14, 14, []],
      ['import "./|"', 10, 10, ["images/", "lib.ts", "list.json"]],
      ['import * as l from "./lib|"', 22, 25, ["lib.ts"]],
      ['await import("./images/../li|")', 26, 28, ["lib.ts", "list.json"]],
      ['import "li|"', 8, 10, []],
    ] as const) {
      const cursor = code.lastIndexOf("|");
      const found = asked.complete(code.slice(0, cursor) + code.slice(cursor + 1), cursor);
      expect({ code, ...found }).toMatchObject({ code, start, end, matches });
    }
  });

  it("translates a user expression", () => {
    expect(service.expression("(1 as number) + 2 // comment")).toContain("1 + 2");
  });
});
