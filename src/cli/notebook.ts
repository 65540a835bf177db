import { existsSync, statSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { writeAtomic } from "../../kernel/atomic.js";
import { readNotebook } from "../../kernel/notebook.js";
import { runNotebook } from "../../kernel/run.js";
import { duration } from "../../kernel/workbook-report.js";
import { milliseconds, text, UsageError, type Command } from "./command.js";
import { complain } from "./complaint.js";
import { namedFiles } from "./named-files.js";
import { stopSignal } from "./stop.js";

export const runCommand: Command = {
  help: `Usage: longtail notebook run FILES... [options]

Executes notebooks, each from its own folder and in a kernel of its own, and writes them back with their outputs.
Jupyter and Python are not needed. Exit code 1 if a notebook fails, 130 if stopped by Ctrl-C.

Options:
  -p, --parameter NAME=VALUE  set a variable of the cell tagged "parameters"; VALUE is JSON, or else text
      --out DIR               write executed copies there instead
      --timeout SECONDS       for each notebook
      --cell-timeout SECONDS  for each cell; it is interrupted, and the kernel killed if that does not help
      --allow-errors          go on after a cell that fails
      --kernel NAME           use an installed kernel instead of this package's own
      --timings               note in the notebook when each cell ran

A cell tagged "raises-exception" may fail; one tagged "skip-execution" is not run.

Examples:
  longtail notebook run analysis.ipynb
  longtail notebook run notebooks/*.ipynb --out out -p scale=paper -p "seeds=[1, 2, 3]" --cell-timeout 600`,
  options: {
    parameter: { type: "string", short: "p", multiple: true },
    out: { type: "string" },
    timeout: { type: "string" },
    "cell-timeout": { type: "string" },
    "allow-errors": { type: "boolean" },
    kernel: { type: "string" },
    timings: { type: "boolean" },
  },
  positionals: true,
  async run(values, paths) {
    if (paths.length === 0) throw new UsageError("Expected one or more notebooks, found none");
    const files = namedFiles("notebooks", paths);
    const parameters = parseParameters((values["parameter"] ?? []) as string[]);
    const [timeout, cellTimeout] = [milliseconds(values, "timeout"), milliseconds(values, "cell-timeout")];
    const [out, kernel] = [text(values, "out"), text(values, "kernel")];
    if (out !== undefined) checkFolder(out, files);
    const { signal, release } = stopSignal();
    let failed = false;
    for (const file of files) {
      if (signal.aborted) break;
      try {
        const result = await runNotebook(file, {
          parameters,
          allowErrors: values["allow-errors"] === true,
          timings: values["timings"] === true,
          signal,
          ...(out !== undefined && { out: `${out}/` }),
          ...(kernel !== undefined && { kernel }),
          ...(timeout !== undefined && { timeout }),
          ...(cellTimeout !== undefined && { cellTimeout }),
          onProgress: ({ number, total, status, seconds }) => {
            if (status) console.log(`${basename(file)}: cell ${number}/${total} ${status} (${duration(seconds)})`);
          },
        });
        console.log(`Wrote ${result.path}`);
        if (!result.error) continue;
        failed = true;
        const { cell, name, message, traceback } = result.error;
        const where = result.notebook.cells.findIndex(({ id }) => id === cell) + 1;
        console.error(`${file}: cell ${where} (${cell}) failed\n${traceback.join("\n") || `${name}: ${message}`}`);
      } catch (error) {
        failed = true;
        complain(error);
      }
    }
    release();
    if (signal.aborted) return 130;
    return failed ? 1 : 0;
  },
};

export const htmlCommand: Command = {
  help: `Usage: longtail notebook html FILES... [options]

Makes one self-contained HTML page of one or more notebooks: formulas, tables, pictures, and figures that are interactive.
It shows the outputs that the notebooks hold; to make these, use "longtail notebook run" first.

Options:
      --out PATH     where to write it: a file, or a folder that is there (default: the first notebook's name with .html)
      --title TEXT   title of the page
      --hide-code    fold the code away

Examples:
  longtail notebook html analysis.ipynb
  longtail notebook html out/*.ipynb --out report.html --hide-code`,
  options: { out: { type: "string" }, title: { type: "string" }, "hide-code": { type: "boolean" } },
  positionals: true,
  async run(values, paths) {
    if (paths.length === 0) throw new UsageError("Expected one or more notebooks, found none");
    const files = namedFiles("notebooks", paths);
    const first = files[0]!.replace(/(\.ipynb)?$/, ".html");
    const given = text(values, "out") ?? first;
    const isFolder = /[\\/]$/.test(given) || (existsSync(given) && statSync(given).isDirectory());
    const out = isFolder ? join(given, basename(first)) : given;
    const { pictureFile, renderPage } = await import("../../kernel/html/index.js");
    type Page = Parameters<typeof renderPage>[0][number];
    const notebooks = await Promise.all(
      files.map(async (file) => ({
        name: basename(file),
        folder: relative(dirname(out), dirname(file)).replaceAll("\\", "/"),
        picture: (address: string) => pictureFile(dirname(file), address),
        notebook: (await readNotebook(file)) as unknown as Page["notebook"],
      })),
    );
    const title = text(values, "title");
    const page = renderPage(notebooks, {
      hideCode: values["hide-code"] === true,
      ...(title !== undefined && { title }),
    });
    await writeAtomic(out, page);
    console.log(`Wrote ${out} (${Math.max(1, Math.round(Buffer.byteLength(page) / 1024))} kB)`);
    return 0;
  },
};

/** Copies go into one folder by their names alone: none may overwrite another. */
function checkFolder(out: string, files: readonly string[]): void {
  if (out === "") throw new UsageError("--out: expected a folder, found an empty name");
  const names = files.map((file) => basename(file));
  const again = names.findIndex((name, i) => names.indexOf(name) < i);
  if (again < 0) return;
  const [first, second] = [files[names.indexOf(names[again]!)], files[again]];
  throw new UsageError(`--out: expected notebooks of different names, found ${first} and ${second}`);
}

function parseParameters(assignments: readonly string[]): Record<string, unknown> {
  const entries = assignments.map((assignment): [string, unknown] => {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(assignment) ?? [];
    if (name === undefined || value === undefined)
      throw new UsageError(`--parameter: expected NAME=VALUE, found "${assignment}"`);
    try {
      return [name, JSON.parse(value)];
    } catch {
      return [name, value];
    }
  });
  return Object.fromEntries(entries);
}
