import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { expectExecuted } from "./executed.js";
import { jupyterEnvironment, runCommand } from "./python.js";
import { tinyNotebook } from "./tiny-notebook.js";

const hasNbconvert = spawnSync("jupyter", ["nbconvert", "--version"]).status === 0;
if (!hasNbconvert) console.log("Skipped: needs jupyter nbconvert (apt install jupyter-nbconvert, or pip)");

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
});
