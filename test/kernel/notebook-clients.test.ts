import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { jupyterEnvironment, pythonWith, runCommand } from "./python.js";
import { tinyNotebook } from "./tiny-notebook.js";

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

const hasNbconvert = spawnSync("jupyter", ["nbconvert", "--version"]).status === 0;
if (!hasNbconvert) console.log("Skipped: needs jupyter nbconvert (apt install jupyter-nbconvert, or pip)");
const python = pythonWith("nbclient, nbformat");
if (!python) console.log("Skipped: needs nbclient (apt install python3-nbclient, or pip)");

/** Notebook files hold text as a list of lines, too. */
const joined = (value: unknown): string => [value].flat().join("");

/** What the tiny notebook must hold once it has been run, whoever ran it. */
function expectExecuted(file: string): void {
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

describe("the tiny notebook runs under", () => {
  it.skipIf(!hasNbconvert)("jupyter nbconvert --execute", { timeout: 120_000 }, async () => {
    const { folder } = tinyNotebook();
    const env = jupyterEnvironment();
    const args = ["nbconvert", "--to", "notebook", "--execute", "--output", "executed.ipynb", "tiny.ipynb"];
    const { status, stderr } = await runCommand("jupyter", args, { env, cwd: folder });
    expect(status, stderr).toBe(0);
    expectExecuted(join(folder, "executed.ipynb"));
    // The page made of it shows the figure as an image, the table as a table.
    const html = await runCommand("jupyter", ["nbconvert", "--to", "html", "executed.ipynb"], { env, cwd: folder });
    expect(html.status, html.stderr).toBe(0);
    const page = readFileSync(join(folder, "executed.html"), "utf8");
    expect(page).toContain("A small figure");
    expect(page).toMatch(/<svg|data:image\/svg\+xml/);
    expect(page).toMatch(/<table[^]*pear/);
  });

  it.skipIf(!hasNbconvert)(
    "jupyter nbconvert --execute, which names the error of a failing cell",
    { timeout: 120_000 },
    async () => {
      const { folder } = tinyNotebook();
      const file = join(folder, "tiny.ipynb");
      const notebook = JSON.parse(readFileSync(file, "utf8")) as { cells: { source: string }[] };
      notebook.cells[1]!.source = `throw new RangeError("told so")`;
      writeFileSync(file, JSON.stringify(notebook));
      const args = ["nbconvert", "--to", "notebook", "--execute", "--output", "executed.ipynb", "tiny.ipynb"];
      const { status, stderr } = await runCommand("jupyter", args, { env: jupyterEnvironment(), cwd: folder });
      expect(status).not.toBe(0);
      expect(stderr).toContain("RangeError: told so");
    },
  );

  it.skipIf(!python)("nbclient", { timeout: 120_000 }, async () => {
    const { folder } = tinyNotebook();
    const script =
      "import nbformat, nbclient; nb = nbformat.read('tiny.ipynb', 4); " +
      "nbclient.NotebookClient(nb, timeout=60, kernel_name='longtail').execute(); " +
      "nbformat.validate(nb); nbformat.write(nb, 'executed.ipynb')";
    const { status, stderr } = await runCommand(python!, ["-c", script], { env: jupyterEnvironment(), cwd: folder });
    expect(status, stderr).toBe(0);
    expectExecuted(join(folder, "executed.ipynb"));
  });
});
