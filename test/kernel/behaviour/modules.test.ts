import { rmSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { folderWith, startKernel, write, type TestKernel } from "../kernel.js";

/** A project with packages of every kind and the user's own modules; the notebook lies in `notebooks/`. */
const project = folderWith({
  "package.json": `{ "name": "project", "type": "module" }`,
  "tsconfig.json": `{ "compilerOptions": { "baseUrl": ".", "paths": { "@lib/*": ["src/lib/*"] } } }`,
  "node_modules/esm-only/package.json": `{ "name": "esm-only", "version": "1.0.0", "type": "module", "exports": { ".": { "types": "./index.d.ts", "import": "./index.js" }, "./deep/*": { "types": "./parts/*.d.ts", "import": "./parts/*.js" } } }`,
  "node_modules/esm-only/index.js": `export const kind = import.meta.url.slice(0, 8) + await Promise.resolve("esm"); export default function hello() { return "hello" }`,
  "node_modules/esm-only/index.d.ts": `export declare const kind: string; export default function hello(): string;`,
  "node_modules/esm-only/parts/one.js": `export const one = 1;`,
  "node_modules/esm-only/parts/one.d.ts": `export declare const one: number;`,
  "node_modules/cjs/package.json": `{ "name": "cjs", "version": "1.0.0", "main": "index.js" }`,
  "node_modules/cjs/index.js": `function make() { return "made" }\nmodule.exports = make;\nmodule.exports["late" + "Bound"] = 7;`,
  "node_modules/cjs/index.d.ts": `declare function make(): string; declare namespace make { const lateBound: number } export = make;`,
  "node_modules/transpiled/package.json": `{ "name": "transpiled", "version": "1.0.0", "main": "index.js", "types": "index.d.ts" }`,
  "node_modules/transpiled/index.js": `Object.defineProperty(exports, "__esModule", { value: true }); exports.default = "the default"; exports.named = "the named";`,
  "node_modules/transpiled/index.d.ts": `declare const value: string; export default value; export declare const named: string;`,
  "node_modules/broken/package.json": `{ "name": "broken", "version": "1.0.0", "main": "index.js", "types": "index.d.ts" }`,
  "node_modules/broken/index.js": `throw new Error("broken on purpose")`,
  "node_modules/broken/index.d.ts": `export declare const nothing: number;`,
  "src/lib/shape.ts": `export interface Shape { area: number }\nexport const square = (a: number): Shape => ({ area: a * a });`,
  "src/live.ts": `export let count = 0;\nexport const bump = () => ++count;`,
  "src/a.ts": `import { b, fromA } from "./b.js";\nexport const a = "a";\nexport const both = () => a + b + fromA();`,
  "src/b.ts": `import { a } from "./a.js";\nexport const b = "b";\nexport const fromA = () => a;`,
  "src/waits.ts": `export const url = import.meta.url;\nexport const value = await new Promise<string>((done) => setTimeout(done, 20, "waited"));`,
  "src/slow.ts": `export let order: string[] = [];\nawait new Promise((done) => setTimeout(done, 60));\norder.push("slow");`,
  "src/left.ts": `import { order } from "./slow.js";\norder.push("left");\nexport { order };`,
  "src/right.ts": `import { order } from "./slow.js";\norder.push("right");\nexport { order };`,
  "src/data.json": `{ "rows": [1, 2, 3] }`,
  "src/plain.js": `export const plain = "plain";`,
  "src/old.cjs": `exports.old = "old";`,
  "src/uses-package.ts": `import hello, { kind } from "esm-only";\nexport const greeting = hello() + kind.slice(-3);`,
  "src/types-only.ts": `import type { Shape } from "@lib/shape";\nexport type { Shape };\nexport function area(shape: Shape) { return shape.area }`,
  "src/gathers.ts":
    "const quotes = /[`'\"]/;\nexport * as letters from './a.js';\nexport { plain } from './plain.js';\nexport const sees = (text: string) => quotes.test(text);",
  "src/unusual.ts": `export class Counter { static made = 0; #n = 0; next() { return ++this.#n } }\nexport enum Size { S, L }\nexport default async function* numbers() { yield 1; yield 2 }`,
});
const src = (name: string): string => join(project, "src", name);

let kernel: TestKernel;
beforeAll(async () => {
  kernel = await startKernel({ cwd: folderWith2() });
});
/** The notebook's folder must exist for the kernel to start in it. */
function folderWith2(): string {
  write(join(project, "notebooks", "note.md"), "");
  return join(project, "notebooks");
}

describe("packages", () => {
  it("ESM-only, with default and named exports and its types", async () => {
    expect(await kernel.value(`import hello, { kind } from "esm-only"; hello() + kind`)).toBe("'hellofile:///esm'");
    expect((await kernel.run("kind.toFixed()")).reply.ename).toBe("TypeScriptError");
  });

  it("subpaths of `exports`", async () => {
    expect(await kernel.value(`import { one } from "esm-only/deep/one"; one + 1`)).toBe("2");
  });

  it("CommonJS: the default is module.exports, its properties are named exports, also those found only at run time", async () => {
    expect(await kernel.value(`import make, { lateBound } from "cjs"; make() + lateBound`)).toBe("'made7'");
    expect(await kernel.value(`import * as all from "cjs"; all.lateBound`)).toBe("7");
  });

  it("CommonJS compiled from ES modules: `default` is its default export", async () => {
    expect(await kernel.value(`import value, { named } from "transpiled"; [value, named].join()`)).toBe(
      "'the default,the named'",
    );
  });

  it("`require`", async () => {
    expect(await kernel.value(`require("cjs")() + require("node:path").sep`)).toBe("'made/'");
  });

  it("`import()`, also of built-in modules", async () => {
    expect(await kernel.value(`(await import("esm-only")).kind.slice(-3)`)).toBe("'esm'");
    expect(await kernel.value(`(await import("node:path")).posix.join("a", "b")`)).toBe("'a/b'");
    expect(await kernel.value(`const lazy = async () => (await import("esm-only/deep/one")).one; await lazy()`)).toBe(
      "1",
    );
  });

  it("what a package throws while it loads", async () => {
    const { reply } = await kernel.run(`import { nothing } from "broken"`);
    expect(reply).toMatchObject({ ename: "Error", evalue: "broken on purpose" });
  });

  it("one that is not installed is a type error for `import`, a run-time error for `import()`", async () => {
    expect((await kernel.run(`import x from "not-installed"`)).traceback).toContain(
      "Cannot find module 'not-installed'",
    );
    const { reply } = await kernel.run(`const there = "not-" + "installed"; await import(there)`);
    expect(reply).toMatchObject({ status: "error", ename: "Error" });
    expect(reply.evalue).toContain("Cannot find package 'not-installed'");
  });

  it("an export that is missing at run time is named, with those that exist", async () => {
    write(
      join(project, "node_modules/lies/package.json"),
      `{ "name": "lies", "main": "index.js", "types": "index.d.ts" }`,
    );
    write(join(project, "node_modules/lies/index.js"), `exports.truth = 1;`);
    write(
      join(project, "node_modules/lies/index.d.ts"),
      `export declare const truth: number; export declare const lie: number;`,
    );
    const { reply } = await kernel.run(`import { lie } from "lies"`);
    expect(reply).toMatchObject({ ename: "SyntaxError" });
    expect(reply.evalue).toBe(`The module "lies" has no export named "lie"; it has: truth, default`);
  });
});

describe("the user's own modules", () => {
  it("beside and above the notebook, with and without a suffix, and by tsconfig `paths`", async () => {
    write(join(project, "notebooks/helper.ts"), `export const helper = "beside";`);
    expect(await kernel.value(`import { helper } from "./helper"; helper`)).toBe("'beside'");
    expect(await kernel.value(`import { square } from "../src/lib/shape"; square(3).area`)).toBe("9");
    expect(await kernel.value(`import { square as s2 } from "../src/lib/shape.js"; s2(2).area`)).toBe("4");
    expect(await kernel.value(`import { square as s3 } from "../src/lib/shape.ts"; s3(1).area`)).toBe("1");
    expect(
      await kernel.value(`import { square as s4, type Shape } from "@lib/shape"; const sh: Shape = s4(5); sh.area`),
    ).toBe("25");
  });

  it("are one module by whatever name they are imported", async () => {
    expect(
      await kernel.value(
        `import * as m1 from "../src/live"; import * as m2 from "../src/live.js"; m1.bump(); m2.count`,
      ),
    ).toBe("1");
  });

  it("have live bindings", async () => {
    await kernel.value(`import { count, bump } from "../src/live"; const before = count`);
    expect(await kernel.value("bump(); bump(); count - before")).toBe("2");
  });

  it("no longer change a name that a later cell declares, and go on to change others", async () => {
    await kernel.value(`import { count as mine, count as theirs, bump as push } from "../src/live"`);
    await kernel.value("let mine = -1");
    expect(await kernel.value("const was = theirs; push(); [mine, theirs - was].join()")).toBe("'-1,1'");
  });

  it("may import each other in a circle", async () => {
    expect(await kernel.value(`import { both } from "../src/a"; both()`)).toBe("'aba'");
  });

  it("may await at their top level and ask where they are", async () => {
    expect(await kernel.value(`import { value, url } from "../src/waits"; value + url`)).toBe(
      `'waitedfile://${src("waits.ts")}'`,
    );
  });

  it("may ask where others are, as cells may", async () => {
    write(
      src("asks.ts"),
      `export const found = ["./a.ts", "fs", "cjs", "https://a.b/c"].map((name) => import.meta.resolve(name)).join();`,
    );
    const cjs = `file://${join(project, "node_modules/cjs/index.js")}`;
    const expected = (file: string): string => `'file://${file},node:fs,${cjs},https://a.b/c'`;
    expect(await kernel.value(`import { found } from "../src/asks"; found`)).toBe(expected(src("a.ts")));
    const code = `["../src/a.ts", "fs", "cjs", "https://a.b/c"].map((name) => import.meta.resolve(name)).join()`;
    expect(await kernel.value(code)).toBe(expected(src("a.ts")));
    expect((await kernel.run("import.meta.resolve('not-installed')")).reply.evalue).toContain("Cannot find module");
  });

  it("wait for what they share, also when imported at the same time", async () => {
    const code = `const [l, r] = await Promise.all([import("../src/left"), import("../src/right")]); l.order.join()`;
    expect(await kernel.value(code)).toBe("'slow,left,right'");
  });

  it("may be JSON or JavaScript of either kind", async () => {
    expect(await kernel.value(`import data from "../src/data.json"; data.rows.length`)).toBe("3");
    expect(await kernel.value(`import * as json from "../src/data.json"; json.rows.length`)).toBe("3");
    expect(await kernel.value(`import { rows } from "../src/data.json"; rows === data.rows`)).toBe("true");
    write(src("list.json"), "[1, 2]");
    expect(await kernel.value(`import list from "../src/list.json"; list.length`)).toBe("2");
    expect(await kernel.value(`import { plain } from "../src/plain.js"; plain`)).toBe("'plain'");
    expect(await kernel.value(`import { old } from "../src/old.cjs"; old`)).toBe("'old'");
    write(src("legacy.js"), `const path = require("node:path"); module.exports = { legacy: path.sep };`);
    expect(await kernel.value(`import { legacy } from "../src/legacy"; legacy`)).toBe("'/'");
    expect(await kernel.value(`import again from "../src/data.json"; again === data`)).toBe("true");
  });

  it("may be imported with attributes, by cells and by each other", async () => {
    const attributes = 'with { type: "json" }';
    expect(await kernel.value(`import marked from "../src/data.json" ${attributes}; marked.rows.length`)).toBe("3");
    expect(
      await kernel.value(`(await import("../src/data.json", { ${attributes.replace(" ", ": ")} })).rows.length`),
    ).toBe("3");
    write(
      src("marks.ts"),
      `import data from "./data.json" ${attributes};\nexport const marks: number = data.rows.length;`,
    );
    expect(await kernel.value(`import { marks } from "../src/marks"; marks`)).toBe("3");
    expect((await kernel.run(`import { marks } from "../src/marks"; const text: string = marks`)).reply.status).toBe(
      "error",
    );
  });

  it("may be CommonJS in TypeScript, know their place, and begin with #!", async () => {
    write(
      src("equals.cts"),
      `const there: string = __dirname;\nexport = { there, go() {\n  throw new Error("l3"); } };`,
    );
    expect(await kernel.value(`import equals from "../src/equals.cts"; equals.there`)).toBe(
      `'${src("")}'`.replace("/'", "'"),
    );
    expect((await kernel.run("equals.go()")).traceback).toContain(`(${src("equals.cts")}:3:9)`);
    write(src("named.cts"), `import path = require("node:path");\nexport const named = path.basename(__filename);`);
    expect(await kernel.value(`import { named } from "../src/named.cts"; named`)).toBe("'named.cts'");
    for (const file of ["script.mjs", "script.ts"]) {
      write(src(file), "#!/usr/bin/env node\nexport const script = import.meta.url;");
      expect(await kernel.value(`import { script } from "../src/${file}"; script`)).toBe(`'file://${src(file)}'`);
    }
    write(src("first.cjs"), `/* 1 */ throw new Error("first");`);
    const { traceback } = await kernel.run(`import "../src/first.cjs"`);
    expect(traceback).toContain(`${src("first.cjs")}:1:15`);
  });

  it("may import packages, types only, and export classes, enums and generators", async () => {
    expect(await kernel.value(`import { greeting } from "../src/uses-package"; greeting`)).toBe("'helloesm'");
    expect(await kernel.value(`import { area } from "../src/types-only"; area({ area: 2 })`)).toBe("2");
    const code = `import numbers, { Counter, Size } from "../src/unusual"; let t = new Counter().next() + Size.L; for await (const n of numbers()) t += n; t`;
    expect(await kernel.value(code)).toBe("5");
  });

  it("may gather what others export, under a name too", async () => {
    expect(
      await kernel.value("import { letters, plain, sees } from '../src/gathers'; [letters.both(), plain, sees('`')]"),
    ).toBe("[ 'aba', 'plain', true ]");
  });

  it("are imported afresh after an edit", async () => {
    write(src("edited.ts"), `export const version = 1;`);
    expect(await kernel.value(`import { version } from "../src/edited"; version`)).toBe("1");
    write(src("edited.ts"), `export const version = "two"; export const added = true;`);
    expect(await kernel.value(`import { version, added } from "../src/edited"; version.length + String(added)`)).toBe(
      "'3true'",
    );
  });

  it("are imported afresh after an edit of what they re-export, import or import of it", async () => {
    write(src("bottom.ts"), `export const deep = 1;`);
    write(src("middle.ts"), `export * from "./bottom.js";`);
    write(src("top.ts"), `import { deep } from "./middle.js"; export const seen = () => deep;`);
    expect(
      await kernel.value(
        `import { deep } from "../src/middle"; import { seen } from "../src/top"; [deep, seen()].join()`,
      ),
    ).toBe("'1,1'");
    write(src("bottom.ts"), `export const deep = 2;`);
    expect(
      await kernel.value(
        `import { deep } from "../src/middle"; import { seen } from "../src/top"; [deep, seen()].join()`,
      ),
    ).toBe("'2,2'");
  });

  it("keep their state where nothing was edited", async () => {
    await kernel.value(`import { bump as again2 } from "../src/live"; again2()`);
    const before = Number(await kernel.value(`import { count as c1 } from "../src/live"; c1`));
    expect(Number(await kernel.value(`import { bump as b3, count as c2 } from "../src/live"; b3(); c2`))).toBe(
      before + 1,
    );
  });

  it("that appear later are found, and those that disappear are missed", async () => {
    expect((await kernel.run(`import { late } from "../src/late"`)).reply.ename).toBe("TypeScriptError");
    write(src("late.ts"), `export const late = "there";`);
    expect(await kernel.value(`import { late } from "../src/late"; late`)).toBe("'there'");
    rmSync(src("late.ts"));
    expect((await kernel.run(`import { late } from "../src/late"`)).reply.ename).toBe("TypeScriptError");
  });

  it("with an error in them say so, once, and load after it was mended", async () => {
    write(src("mended.ts"), `export const fine: number = JSON.parse("{");`);
    const first = await kernel.run(`import { fine } from "../src/mended"`);
    expect(first.reply).toMatchObject({ ename: "SyntaxError" });
    expect(first.traceback).toContain(`${src("mended.ts")}:1:34`);
    expect((await kernel.run(`import { fine } from "../src/mended"`)).reply.ename).toBe("SyntaxError");
    write(src("mended.ts"), `export const fine: number = JSON.parse("1");`);
    expect(await kernel.value(`import { fine } from "../src/mended"; fine`)).toBe("1");
  });

  it("that import a broken package fail each time in the same way", async () => {
    write(src("needs-broken.ts"), `import { nothing } from "broken"; export const y = nothing;`);
    write(src("needs-it.ts"), `import { y } from "./needs-broken.js"; export const z = y;`);
    for (let time = 0; time < 3; time++)
      expect((await kernel.run(`import { z } from "../src/needs-it"`)).reply.evalue).toBe("broken on purpose");
  });

  it("that throw in a nested call are shown by their TypeScript lines", async () => {
    write(
      src("deep-error.ts"),
      `interface Unused { x: number }\n\ntype AlsoUnused = Unused;\nexport function outer(): never {\n  return inner("bad");\n}\nfunction inner(what: string): never {\n  throw new RangeError(what);\n}\n`,
    );
    const { reply, traceback } = await kernel.run(`import { outer } from "../src/deep-error";\n\nouter();`);
    expect(reply).toMatchObject({ ename: "RangeError", evalue: "bad" });
    expect(traceback).toContain(`at inner (${src("deep-error.ts")}:8:9)`);
    expect(traceback).toContain(`at outer (${src("deep-error.ts")}:5:10)`);
    expect(traceback).toMatch(/at cell\[\d+\]:3:1/);
    expect(traceback).toContain(`  8 |   throw new RangeError(what);\n    |         ^`);
  });

  it("may return what they do not export", async () => {
    write(src("hidden.ts"), `interface Hidden { secret: number }\nexport const make = (): Hidden => ({ secret: 1 });`);
    expect(await kernel.value(`import { make } from "../src/hidden"; const hidden = make(); hidden.secret`)).toBe("1");
    expect(await kernel.value(`hidden.secret + make().secret`)).toBe("2");
    expect((await kernel.run(`const no: string = make().secret`)).reply.ename).toBe("TypeScriptError");
  });

  it("with type errors name the file, and tell in one piece what is wrong", async () => {
    write(
      join(project, "notebooks/wrong.ts"),
      `\n\n\nexport const w: { a: { b: number } } = { a: { b: "text" as string | number } };`,
    );
    const { traceback } = await kernel.run(`import { w } from "./wrong"; w`);
    expect(traceback).not.toContain("cell[");
    expect(traceback).toMatch(/^wrong\.ts:4:\d+ - error TS2322: .*\n {2}Type 'string' is not/);
    expect(traceback.split("error TS").length).toBe(2);
  });

  it("are type-checked against the cell", async () => {
    const { traceback } = await kernel.run(`import { square as sq } from "../src/lib/shape"; sq("three")`);
    expect(traceback).toContain("Argument of type 'string' is not assignable to parameter of type 'number'");
  });
});

describe("the null checks of the project's tsconfig", () => {
  const cell = `type R = { ok: true; v: number } | { ok: false; e: string };
const r = ((): R => ({ ok: false, e: "bad" }))();
if (!r.ok) r.e; else r.v;`;
  it.each([
    ['{ "strict": true }', true],
    ['{ "strictNullChecks": true }', true],
    ['{ "strict": true, "strictNullChecks": false }', false],
    ["{}", false],
  ])("hold in cells: %s", async (compilerOptions, hold) => {
    const strict = await startKernel({
      cwd: folderWith({ "tsconfig.json": `{ "compilerOptions": ${compilerOptions} }` }),
    });
    expect((await strict.run(cell)).reply.status).toBe(hold ? "ok" : "error"); // a boolean tells the two apart
    expect((await strict.run("const n: number = null")).reply.status).toBe(hold ? "error" : "ok");
    await strict.value("const rows = []; const twice = (x) => 2 * x");
    await strict.value("rows.push({ a: 1 }); rows.map((row) => twice(row.a))");
  });
});

describe("what the project's tsconfig makes of", () => {
  const inProject = (compilerOptions: object, files: Record<string, string>): Promise<TestKernel> =>
    startKernel({ cwd: folderWith({ "tsconfig.json": JSON.stringify({ compilerOptions }), ...files }) });
  // Reading a parameter property in a field is an error of TypeScript's where fields are defined before: what it does is tested.
  const fields = `export class Base { constructor(data: object) { Object.assign(this, data); } }
export class User extends Base { name?: string; twice = this.half * 2; constructor(data: object, private half = 2) { super(data); } }`;

  it.each([
    [{ target: "ES2020" }, "4,Ann"],
    [{ target: "ES2022", useDefineForClassFields: false }, "4,Ann"],
    [{ target: "ES2022" }, "NaN,"],
    [{}, "NaN,"],
  ])("class fields, in modules and cells: %j", async (compilerOptions, expected) => {
    const fielded = await inProject(compilerOptions, { "user.ts": `// @ts-nocheck\n${fields}` });
    const shown = `const user = new User({ name: "Ann" }); [user.twice, user.name].join()`;
    expect(await fielded.value(`import { User } from "./user"; ${shown}`)).toBe(`'${expected}'`);
    expect(await fielded.value(`// @ts-nocheck\n${fields}\n${shown}`)).toBe(`'${expected}'`);
  });

  it("decorators: those of the language", async () => {
    const logged = `export function logged(method: () => string, context: ClassMethodDecoratorContext) { return () => String(context.name) + method(); }
export class Said { @logged hi() { return "!"; } }`;
    const standard = await inProject({ experimentalDecorators: false }, { "said.ts": logged });
    expect(await standard.value(`import { Said } from "./said"; new Said().hi()`)).toBe("'hi!'");
  });

  it("decorators: experimental ones, with the types of what they decorate", async () => {
    const typed = `export const seen: string[] = [];
Object.assign(Reflect, { metadata: (key: string, type: { name: string }) => () => { seen.push(key + type.name); } });
function decorate(_: object, _name: string) {}
export class Typed { @decorate text: string = ""; }`;
    const legacy = await inProject(
      { experimentalDecorators: true, emitDecoratorMetadata: true },
      { "typed.ts": typed },
    );
    expect(await legacy.value(`import { seen } from "./typed"; seen.join()`)).toBe("'design:typeString'");
  });

  const h = `export const h = (...parts: unknown[]) => JSON.stringify(parts);
declare global { namespace JSX { interface IntrinsicElements { [name: string]: object } } }`;
  const runtime = {
    "node_modules/runs/package.json": `{ "name": "runs", "exports": { "./jsx-runtime": { "types": "./index.d.ts", "default": "./index.js" } } }`,
    "node_modules/runs/index.js": "exports.jsx = (...parts) => JSON.stringify(parts); exports.Fragment = 'all';",
    "node_modules/runs/index.d.ts":
      "export declare function jsx(...parts: unknown[]): string; export declare const Fragment: string; export namespace JSX { interface IntrinsicElements { [name: string]: object } }",
  };
  it.each([
    [{ jsx: "react", jsxFactory: "h" }, h, `'["b",{"id":"x"},1]'`],
    [{ jsx: "react-jsx", jsxImportSource: "runs" }, "", `'["b",{"id":"x","children":1}]'`],
    [{ jsx: "preserve", jsxImportSource: "runs" }, "", `'["b",{"id":"x","children":1}]'`],
    [{ jsxImportSource: "runs" }, "", `'["b",{"id":"x","children":1}]'`],
  ])("JSX: %j", async (compilerOptions, head, expected) => {
    const files = { "drawn.tsx": `${head}\nexport const shown = <b id="x">{1}</b>;`, ...runtime };
    const drawn = await inProject(compilerOptions, files);
    expect(await drawn.value(`import { shown } from "./drawn"; String(shown)`)).toBe(expected);
  });
});

describe("outside of any project", () => {
  it("this package and what it depends on are found, also after a change of folder", async () => {
    const outside = await startKernel();
    expect(await outside.value(`import * as lt from "longtail"; typeof lt.random`)).toBe("'object'");
    expect(await outside.value(`import * as aq from "arquero"; aq.table({ a: [1] }).numRows()`)).toBe("1");
    expect(await outside.value(`const op = aq.op; op.abs(-1)`)).toBe("1"); // of a type that this folder cannot name
    expect(
      await outside.value(`console.log(process.cwd() === __dirname); import.meta.url.startsWith("file:///")`),
    ).toBe("true");
    await outside.value("process.chdir('/'); 1");
    expect(await outside.value(`import { join } from "node:path"; join("a", "b")`)).toBe("'a/b'");
  });
});
