import { describe, expect, it } from "vitest";
import { compileError } from "../../../kernel/compiler/diagnostics.js";

const at = (line: number, character: number) => ({ offset: 0, line, character });
const diagnostic = (start: [number, number], end: [number, number], messageText: string, fileName?: string) => ({
  start: at(...start),
  end: at(...end),
  messageText,
  category: 1,
  code: 2322,
  ...(fileName !== undefined && { fileName }),
});

describe("type errors", () => {
  it("mark the code", () => {
    const source = "const a = 1;\nconst n: number = 'one';";
    expect(compileError([diagnostic([1, 6], [1, 7], "Wrong.")], source, "cell[3]")).toEqual({
      ename: "TypeScriptError",
      evalue: "Wrong.",
      traceback: ["cell[3]:2:7 - error TS2322: Wrong.", "", "  2 | const n: number = 'one';", "    |       ~", ""],
    });
  });

  it("keep tabs, so that marks stand below the code, and mark to the end of a line what goes on", () => {
    const { traceback } = compileError([diagnostic([0, 2], [2, 1], "Wrong.")], "\t\tf(\n1\n)", "cell[1]");
    expect(traceback.slice(2, 4)).toEqual(["  1 | \t\tf(", "    | \t\t~~"]);
  });

  it("show no line ends of Windows", () => {
    const { traceback } = compileError([diagnostic([0, 2], [1, 1], "Wrong.")], "f(1,\r\n2)", "cell[1]");
    expect(traceback.slice(2, 4)).toEqual(["  1 | f(1,", "    |   ~~"]);
  });

  it("always mark something, also at the end of the cell and behind it", () => {
    expect(compileError([diagnostic([0, 3], [0, 3], "Expected.")], "f(1", "c").traceback[3]).toBe("    |    ~");
    expect(compileError([diagnostic([5, 0], [5, 1], "Expected.")], "f(1", "c").traceback).toEqual([
      "c:6:1 - error TS2322: Expected.",
    ]);
  });

  it("name the file where they are not in the cell", () => {
    const { traceback } = compileError([diagnostic([3, 4], [3, 5], "Wrong.", "src/a.ts")], "x", "cell[1]");
    expect(traceback).toEqual(["src/a.ts:4:5 - error TS2322: Wrong."]);
  });

  it("may take several lines, of which the summary has the first", () => {
    const error = compileError([diagnostic([0, 0], [0, 1], "Wrong.\n  Since so.", "src/a.ts")], "x", "c");
    expect(error.evalue).toBe("Wrong.");
    expect(error.traceback).toEqual(["src/a.ts:1:1 - error TS2322: Wrong.", "  Since so."]);
  });

  it("are told all, the first one in the summary", () => {
    const error = compileError([diagnostic([0, 0], [0, 1], "One."), diagnostic([0, 1], [0, 2], "Two.")], "xy", "c");
    expect(error.evalue).toBe("One.");
    expect(error.traceback.filter((line) => line.includes("error TS")).length).toBe(2);
  });
});
