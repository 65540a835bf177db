import { describe, expect, test } from "vitest";
import { table } from "../../../../src/report/table.js";

describe("latex", () => {
  test("a caption, a note or a label make it float", () => {
    const rows = [{ "": "[11] CB-CE", "error (%)": { value: 29.64, error: 0.31 } }];
    expect(table(rows, { caption: "A & B", note: "± is one sd." }).latex({ label: "tab:a_b" }).split("\n")).toEqual([
      "\\begin{table}",
      "\\centering",
      "\\caption{A \\& B}",
      "\\label{tab:a_b}",
      "\\begin{tabular}{@{}lr@{}}",
      "\\toprule",
      " & error (\\%) \\\\",
      "\\midrule",
      "{}[11] CB-CE & 29.64 $\\pm$ 0.31 \\\\",
      "\\bottomrule",
      "\\end{tabular}",
      "\\par\\smallskip{\\footnotesize $\\pm$ is one sd.}",
      "\\end{table}",
    ]);
    expect(table(rows).latex()).not.toContain("{table}");
    expect(() => table(rows).latex({ lable: "x" } as never)).toThrow("Did you mean label?");
  });

  test("a first cell is never taken for an option or a star of the row's end", () => {
    const lines = table([{ a: "[t]" }, { a: "* best" }], { columns: [{ key: "a", head: "[head]" }] })
      .latex()
      .split("\n");
    expect(lines).toEqual(expect.arrayContaining(["{}[head] \\\\", "{}[t] \\\\", "{}* best \\\\"]));
  });

  test("groups that stand apart have rules apart", () => {
    const columns = [{ key: "a", group: "A" }, "b", { key: "c", group: "C" }, { key: "d", group: "C" }];
    const lines = table([{ a: 1, b: 2, c: 3, d: 4 }], { columns })
      .latex()
      .split("\n");
    expect(lines.slice(2, 4)).toEqual([
      "\\multicolumn{1}{c}{A} &  & \\multicolumn{2}{c}{C} \\\\",
      "\\cmidrule(lr){1-1} \\cmidrule(lr){3-4}",
    ]);
  });
});
