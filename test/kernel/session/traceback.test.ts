import { Script } from "node:vm";
import { describe, expect, it } from "vitest";
import { Tracebacks } from "../../../kernel/session/traceback.js";
import { ts } from "../../../kernel/compiler/typescript.js";

/** Runs TypeScript the way cells run, and gives what it throws. */
function thrown(tracebacks: Tracebacks, source: string, name = "cell[1]"): unknown {
  const { outputText, sourceMapText = "" } = ts.transpileModule(source, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, sourceMap: true },
  });
  tracebacks.add(name, { map: sourceMapText, source, prefixLines: 0 });
  try {
    const script = new Script(`(function () {\n${outputText}\n})`, { filename: name, lineOffset: -1 });
    (script.runInThisContext() as () => void)();
  } catch (error) {
    return error;
  }
  throw new Error("expected the source to throw");
}

describe("a traceback", () => {
  it("points into the source as it was typed", () => {
    const tracebacks = new Tracebacks();
    const error = thrown(
      tracebacks,
      "interface Gone { x: number }\n\nfunction f(x: number): never {\n\tthrow new RangeError(`${x}`);\n}\nf(5)",
    );
    expect(tracebacks.error(error)).toEqual({
      ename: "RangeError",
      evalue: "5",
      traceback: [
        "RangeError: 5",
        "",
        "  4 | \tthrow new RangeError(`${x}`);",
        "    | \t      ^",
        "",
        "    at f (cell[1]:4:8)",
        "    at cell[1]:6:1",
      ],
    });
  });

  it.each([
    "/home/My (proj)/lib/t.ts",
    "/Copy (2)",
    "/async (1) f(/a).ts",
    "/linux/kernel/format/t.ts",
    "C:/x/kernel/main.ts",
  ])("knows files called %s", (name) => {
    const tracebacks = new Tracebacks();
    const source = "interface Gone { x: number }\nfunction f(): never {\n  throw new Error('x');\n}\nf()";
    const { traceback } = tracebacks.error(thrown(tracebacks, source, name));
    expect(traceback.slice(-5)).toEqual([
      "  3 |   throw new Error('x');",
      "    |         ^",
      "",
      `    at f (${name}:3:9)`,
      `    at ${name}:5:1`,
    ]);
  });

  it("of a stack from elsewhere has the user's own lines, or nothing", () => {
    const tracebacks = new Tracebacks();
    const error = thrown(tracebacks, "const f = (): never => {\n  throw new Error('x');\n};\n[1].map(f);") as Error;
    const stack = ["    at $winograd (wasm://wasm/0004b71a:1:8465)", ...error.stack!.split("\n").slice(1)];
    expect(tracebacks.place(stack)).toEqual([
      "",
      "  2 |   throw new Error('x');",
      "    |         ^",
      "",
      "    at f (cell[1]:2:9)",
      "    at cell[1]:4:5",
    ]);
    expect(tracebacks.place(stack.slice(0, 1))).toEqual([]);
    expect(tracebacks.place([])).toEqual([]);
  });

  it("ends at the user's own code", () => {
    const tracebacks = new Tracebacks();
    const { traceback } = tracebacks.error(thrown(tracebacks, "[1].map(() => { throw new Error('x') })"));
    expect(traceback.slice(-3)).toEqual([
      "    at cell[1]:1:23",
      "    at Array.map (<anonymous>)",
      "    at cell[1]:1:5",
    ]);
  });

  it("without any of the user's code is shown whole", () => {
    const { traceback } = new Tracebacks().error(new Error("from outside"));
    expect(traceback[0]).toBe("Error: from outside");
    expect(traceback.length).toBeGreaterThan(1);
  });

  it("goes four causes deep and survives a circle of them", () => {
    const tracebacks = new Tracebacks();
    const circle: Error = new Error("circle");
    circle.cause = circle;
    expect(tracebacks.error(circle).traceback.filter((line) => /Error: circle/.test(line)).length).toBe(5);
  });

  it.each([
    [5, "5"],
    [undefined, "undefined"],
    [{ a: 1 }, "{ a: 1 }"],
    ["text", "'text'"],
  ])("of %j, which is no error", (value, text) => {
    expect(new Tracebacks().error(value)).toEqual({ ename: "Thrown", evalue: text, traceback: [`Thrown: ${text}`] });
  });

  it("never throws, whatever it is given", () => {
    const trap = (): never => {
      throw new Error("trap");
    };
    const hostile = [
      new Proxy({}, { get: trap, has: trap, ownKeys: trap, getPrototypeOf: trap }),
      Object.defineProperty(new Error("x"), "stack", { get: trap }),
      Object.defineProperty(new Error("x"), "message", { get: trap }),
      Object.assign(new Error("x"), { name: Symbol("n"), stack: 5, cause: Object.create(null) as object }),
      { stack: {}, message: [] },
      new AggregateError([new Error("a"), null, 5], "several"),
    ];
    for (const value of hostile) expect(typeof new Tracebacks().error(value).ename).toBe("string");
  });
});
