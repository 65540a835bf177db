import { describe, expect, it } from "vitest";
import { completeDeclarations } from "../../../kernel/compiler/declarations.js";

const none = { names: [], untyped: [] };

describe("declarations after a cell", () => {
  it("keep namespaces of earlier cells, which tslab's converter drops", () => {
    const previous = "declare const a: number;\ndeclare namespace N {\n    const x = 1;\n}\n";
    expect(completeDeclarations(previous, "declare const b: 1;\n", none)).toBe(
      "declare const b: 1;\ndeclare namespace N {\n    const x = 1;\n}\n",
    );
  });

  it("forget a namespace that the cell declares again, as a value or as a namespace", () => {
    const previous = "declare namespace N { const x = 1; }\n";
    expect(completeDeclarations(previous, "declare const N: 1;\n", { names: ["N"], untyped: [] })).toBe(
      "declare const N: 1;\n",
    );
    const again = "declare namespace N { type Y = 1; }\n";
    expect(completeDeclarations(previous, again, none)).toBe(again);
  });

  it("know variables of loops", () => {
    expect(completeDeclarations("", "", { names: ["i"], untyped: ["i"] })).toBe("declare let i: any;\n");
  });
});
