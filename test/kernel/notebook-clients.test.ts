import { join } from "node:path";
import { expect, it } from "vitest";
import { expectExecuted } from "./executed.js";
import { jupyterEnvironment, pythonWith, runCommand } from "./python.js";
import { tinyNotebook } from "./tiny-notebook.js";

const python = pythonWith("nbclient, nbformat");
if (!python) console.log("Skipped: needs nbclient (apt install python3-nbclient, or pip)");

// nbconvert, which runs nbclient: notebook-clients.long.test.ts.
it.skipIf(!python)("the tiny notebook runs under nbclient", { timeout: 120_000 }, async () => {
  const { folder } = tinyNotebook();
  const script =
    "import nbformat, nbclient; nb = nbformat.read('tiny.ipynb', 4); " +
    "nbclient.NotebookClient(nb, timeout=60, kernel_name='longtail').execute(); " +
    "nbformat.validate(nb); nbformat.write(nb, 'executed.ipynb')";
  const { status, stderr } = await runCommand(python!, ["-c", script], { env: jupyterEnvironment(), cwd: folder });
  expect(status, stderr).toBe(0);
  expectExecuted(join(folder, "executed.ipynb"));
});
