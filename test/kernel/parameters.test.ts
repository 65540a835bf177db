import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Notebook } from "../../kernel/notebook.js";
import { literal, parameterNames, setParameters } from "../../kernel/parameters.js";

const code = (id: string, source: string, tags: string[] = []): Notebook["cells"][number] => ({
  cell_type: "code",
  id,
  metadata: { tags },
  source,
  execution_count: null,
  outputs: [],
});
const notebook = (source: string): Notebook => ({
  nbformat: 4,
  nbformat_minor: 5,
  metadata: {},
  cells: [code("first", "const before = 1"), code("defaults", source, ["parameters"]), code("last", "n * 2")],
});

describe("parameterNames", () => {
  it("finds every variable the cell declares, and nothing else", () => {
    const source = `
      // const comment = 1
      import { imported } from "x";
      const text = "const inText = 1", second: number = 2;
      export let third = { nested: 1 };
      const { fourth, renamed: fifth, ...sixth } = third, [seventh, [eighth]] = [1, [2]];
      var ninth;
      function called() { const local = 1; }
      type Type = string;
    `;
    const names = ["text", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"];
    expect(parameterNames(notebook(source))).toEqual(names);
  });

  it("finds none without a tagged cell", () => {
    expect(parameterNames({ ...notebook(""), cells: [code("a", "const n = 1")] })).toEqual([]);
  });
});

describe("setParameters", () => {
  const set = (source: string, values: Record<string, unknown>): string => {
    const target = notebook(source);
    setParameters(target, values, "nb.ipynb");
    expect(target.cells.map(({ id }) => id)).toEqual(["first", "defaults", "injected-parameters", "last"]);
    expect(target.cells[1]!.source).toBe(source);
    return target.cells[2]!.source;
  };

  it("declares again, as it was declared", () => {
    expect(set('const n = 1; let scale: "quick" | "paper" = "quick"; var v = 1', { n: 2, scale: "paper", v: 3 })).toBe(
      '// Parameters\nconst n = 2;\nlet scale: "quick" | "paper" = "paper";\nvar v = 3;',
    );
  });

  it("replaces the cell of an earlier run and keeps its id", () => {
    const target = notebook("const n = 1");
    target.cells.splice(1, 0, code("papermill-made-it", "const n = 5;", ["injected-parameters"]));
    setParameters(target, { n: 2 });
    setParameters(target, { n: 3 });
    expect(target.cells.map(({ id }) => id)).toEqual(["first", "defaults", "papermill-made-it", "last"]);
    expect(target.cells[2]!.source).toBe("// Parameters\nconst n = 3;");
  });

  it("changes nothing when there is nothing to set", () => {
    const target = notebook("const n = 1");
    setParameters(target, {});
    expect(target).toEqual(notebook("const n = 1"));
  });

  it("refuses unknown names and says which there are", () => {
    expect(() => set("const n = 1, m = 2", { n: 1, k: 2 })).toThrow(
      'nb.ipynb: unknown parameter "k"; its cell tagged "parameters" declares "n", "m"',
    );
    expect(() => set("1 + 1", { k: 2 })).toThrow("declares nothing");
  });

  it("refuses a notebook without the cell", () => {
    const target = { ...notebook(""), cells: [code("a", "const n = 1")] };
    expect(() => setParameters(target, { n: 1 }, "nb.ipynb")).toThrow(
      'nb.ipynb: expected a code cell tagged "parameters" that declares "n"',
    );
  });
});

describe("literal", () => {
  const evaluate = (text: string): unknown => (0, eval)(`(${text})`);

  it("evaluates to the value, whatever JSON-like value it is", () => {
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true, withDate: true, withNullPrototype: false, withMap: false, withSet: false }),
        (value) => {
          expect(evaluate(literal(value))).toEqual(value);
        },
      ),
    );
  });

  it.each([
    [-0, "-0"],
    [Number.NaN, "NaN"],
    [-Infinity, "-Infinity"],
    [10n, "10n"],
    [undefined, "undefined"],
    ['a "quoted" ${x} \n\u2028', '"a \\"quoted\\" ${x} \\n\u2028"'],
    [{ a: [1, { "b c": null }] }, '{ a: [1, { "b c": null }] }'],
    [{}, "{}"],
  ])("special case %#", (value, text) => expect(literal(value)).toBe(text));

  it("refuses what has no literal, naming the parameter", () => {
    expect(() => literal({ f: () => 1 }, "callback")).toThrow(
      /Parameter callback: expected .* found \[object Function\]/,
    );
    expect(() => literal(new Map(), "m")).toThrow(/Parameter m: .*\[object Map\]/);
  });
});
