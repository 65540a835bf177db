import { readFileSync } from "node:fs";
import { expect } from "vitest";
import type { Notebook } from "../../kernel/notebook.js";

interface Output {
  output_type: string;
  name?: string;
  text?: string | string[];
  execution_count?: number;
  data?: Record<string, unknown>;
}
interface CodeCell {
  cell_type: string;
  execution_count: number | null;
  outputs: Output[];
}

/** Notebook files hold text as a list of lines, too. */
const joined = (value: unknown): string => [value].flat().join("");

/** What the tiny notebook must hold once it has been run, whoever ran it. */
export function expectExecuted(file: string): void {
  const { cells } = JSON.parse(readFileSync(file, "utf8")) as { cells: CodeCell[] };
  const code = cells.filter(({ cell_type }) => cell_type === "code");
  expect(code.map(({ execution_count }) => execution_count)).toEqual([1, 2, 3, 4, 5]);
  const [text, table, figure, progress, awaited] = code.map(({ outputs }) => outputs);
  expect(text!.map(({ output_type }) => output_type)).toEqual(["stream", "execute_result"]);
  expect(joined(text![0]!.text)).toBe("printed\n");
  expect(text![1]!.execution_count).toBe(1);
  expect(joined(text![1]!.data!["text/plain"])).toBe("42");
  expect(joined(table![0]!.data!["text/html"])).toContain("<table");
  expect(Object.keys(figure![0]!.data!).sort()).toEqual([
    "application/vnd.plotly.v1+json",
    "image/svg+xml",
    "text/plain",
  ]);
  // One progress bar, in the state in which its last update left it.
  expect(progress!.map(({ output_type }) => output_type)).toEqual(["display_data", "execute_result"]);
  expect(JSON.stringify(progress![0]!.data)).toContain("40");
  expect(joined(awaited![0]!.data!["text/plain"])).toBe("43");
}

/** Cells without the frames of tracebacks, which are the kernel's to choose. */
export const essence = ({ cells }: Notebook): unknown =>
  JSON.parse(JSON.stringify(cells, (key, value: unknown) => (key === "traceback" ? undefined : value)));
