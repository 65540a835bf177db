import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Scope } from "../../../kernel/session/scope.js";

let cells = 0;
/** Runs a cell as the compiler hands it over: declared names, then a body that assigns them. */
function run(scope: Scope, names: string, body: string, isAsync = false): unknown {
  scope.declare(names.split(" ").filter(Boolean));
  return scope.compile(body, `cell[${++cells}]`, { isAsync })({
    __kernel$: {},
    require: undefined,
    __filename: "f",
    __dirname: "d",
  });
}
/** Names that no other scope of this process has. */
const fresh = (): string => `name${Math.random().toString(36).slice(2)}`;

describe("the scope of cells", () => {
  it("is shared, by closures too", () => {
    const scope = new Scope();
    const [counter, inc] = [fresh(), fresh()];
    run(scope, `${counter} ${inc}`, `${counter} = 0; ${inc} = () => ++${counter}`);
    expect(run(scope, "", `${counter} = 100; return ${inc}()`)).toBe(101);
    expect(run(scope, counter, `${counter} = 7; return ${inc}()`)).toBe(8);
  });

  it("behaves as one object of variables, whatever cells assign, declare again, read and capture", () => {
    const [a, b, c] = [fresh(), fresh(), fresh()];
    const name = fc.constantFrom(a, b, c);
    const step = fc.oneof(
      fc.record({ kind: fc.constant("declare" as const), name, value: fc.integer() }),
      fc.record({ kind: fc.constant("assign" as const), name, value: fc.integer() }),
      fc.record({ kind: fc.constant("capture" as const), name, value: fc.constant(0) }),
    );
    const scope = new Scope(); // one for all runs: names come again and again, as in a notebook
    run(scope, `${a} ${b} ${c}`, "");
    fc.assert(
      fc.property(fc.array(step, { maxLength: 15 }), (steps) => {
        const model: Record<string, unknown> = {};
        const captured: [string, () => unknown][] = [];
        for (const each of [a, b, c]) run(scope, "", `${each} = undefined`);
        for (const { kind, name: at, value } of steps) {
          if (kind === "capture") captured.push([at, run(scope, "", `return () => ${at}`) as () => unknown]);
          else {
            run(scope, kind === "declare" ? at : "", `${at} = ${value}`);
            model[at] = value;
          }
          for (const [read, get] of captured) expect(get()).toBe(model[read]);
        }
      }),
    );
  });

  it("hides a global from cells only", () => {
    const scope = new Scope();
    run(scope, "performance", "performance = 'mine'");
    expect(run(scope, "", "return performance")).toBe("mine");
    expect(typeof performance.now()).toBe("number");
    expect(run(scope, "", "return typeof globalThis.performance.now()")).toBe("number");
    expect(run(scope, "", "const f = () => { const inner = performance; return inner }; return f()")).toBe("mine");
  });

  it("lets a cell take the names of what it is given", () => {
    const scope = new Scope();
    expect(run(scope, "", "return __filename")).toBe("f");
    expect(run(scope, "__filename", "__filename = 'own'; return __filename")).toBe("own");
    expect(run(scope, "", "return __dirname + __filename")).toBe("down");
  });

  it("is strict, has no `this`, and may wait", async () => {
    const scope = new Scope();
    expect(run(scope, "", "return this")).toBe(undefined);
    expect(() => run(scope, "", `${fresh()} = 1`)).toThrow(ReferenceError);
    expect(await run(scope, "", "return await Promise.resolve(5)", true)).toBe(5);
  });

  it("gives the values of all names", () => {
    const scope = new Scope();
    const [a, b] = [fresh(), fresh()];
    run(scope, `${a} ${b} process`, `${a} = 1; process = 'p'`);
    expect(scope.values()).toEqual([1, undefined, "p"]);
  });

  it("reports positions in lines of the cell", () => {
    const scope = new Scope();
    const error = (() => {
      try {
        return run(scope, "", "const x = 1;\n\n  throw new Error('here')");
      } catch (thrown) {
        return thrown as Error;
      }
    })() as Error;
    expect(error.stack).toContain(`cell[${cells}]:3:9`);
  });
});
