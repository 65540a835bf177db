import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { prepareFolder, writeAtomic } from "./atomic.js";
import type { PageNotebook } from "./html/index.js";
import type { KernelCommand } from "./launch.js";
import { readNotebook, type CodeCell, type Notebook } from "./notebook.js";
import { parameterNames } from "./parameters.js";
import { runNotebook } from "./run.js";
import { summaryHtml } from "./workbook-report.js";
import type { Check, NotebookSummary, WorkbookProgress, WorkbookSummary } from "./workbook-summary.js";

export interface WorkbookOptions {
  /** Folder of the notebooks; they run in the order of their names. */
  notebooks: string;
  /** Run only notebooks whose name contains one of these. Default: all. */
  names?: readonly string[];
  /** Value of the parameter `scale` in the notebooks that declare it. Default `"quick"`. */
  scale?: string;
  /** Folder for executed notebooks, `index.html` and `summary.json`. Default `"out"`. */
  out?: string;
  /** What numbers are computed on, for the summary. */
  device?: string;
  kernel?: KernelCommand | string;
  onProgress?: (progress: WorkbookProgress) => void;
  /** Aborting it interrupts the running cell; what there is so far is written. */
  signal?: AbortSignal;
}

export const CHECKS_MIME = "application/vnd.longtail.checks+json";

/**
 * Runs all notebooks of a folder, each in a kernel of its own, and collects what they checked. A notebook that fails does
 * not keep the next from running.
 * @throws when there is no such notebook, or when files cannot be written to `out`
 */
export async function runWorkbook(options: WorkbookOptions): Promise<WorkbookSummary> {
  const { scale = "quick", out = "out", signal, onProgress } = options;
  const started = new Date();
  const files = await chooseNotebooks(options.notebooks, options.names ?? []);
  const plan = await Promise.all(files.map((file) => readNotebook(join(options.notebooks, file))));
  const weights = await expectedWork(files, plan, join(out, "summary.json"), scale);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  await prepareFolder(out);

  const notebooks: NotebookSummary[] = [];
  const checks: (Check & { notebook: string })[] = [];
  const executed: PageNotebook[] = [];
  let done = 0;
  for (const [i, file] of files.entries()) {
    if (signal?.aborted) break;
    const notebookStarted = performance.now();
    try {
      const result = await runNotebook(join(options.notebooks, file), {
        out: join(out, file),
        parameters: parameterNames(plan[i]!).includes("scale") ? { scale } : {},
        ...(options.kernel && { kernel: options.kernel }),
        ...(signal && { signal }),
        onProgress: (cell) => {
          const ended = cell.status ? cell.number : cell.number - 1;
          const fraction = (done + weights[i]! * (ended / cell.total)) / total;
          onProgress?.({ ...cell, file, notebook: i + 1, notebooks: files.length, fraction });
        },
      });
      const { ok, cells, seconds, error, notebook } = result;
      const where = notebook.cells.findIndex(({ id }) => id === error?.cell) + 1;
      notebooks.push({
        file,
        cells,
        seconds,
        ok,
        ...(error && { error: `cell ${where}: ${error.name}: ${error.message}` }),
      });
      checks.push(...collectChecks(notebook).map((check) => ({ notebook: file, ...check })));
      executed.push({ name: file, notebook: notebook as unknown as PageNotebook["notebook"] });
    } catch (error) {
      const seconds = (performance.now() - notebookStarted) / 1000;
      notebooks.push({ file, cells: 0, seconds, ok: false, error: (error as Error).message });
    }
    done += weights[i]!;
  }
  const summary: WorkbookSummary = {
    started: started.toISOString(),
    node: process.version,
    ...(options.device !== undefined && { device: options.device }),
    scale,
    seconds: (Date.now() - started.getTime()) / 1000,
    notebooks,
    checks,
  };
  await writeAtomic(join(out, "summary.json"), `${JSON.stringify(summary, null, 2)}\n`);
  const { renderPage } = await import("./html/index.js"); // highlighter, Markdown and formulas: only now are they needed
  await writeAtomic(join(out, "index.html"), renderPage(executed, { title: "Workbook", intro: summaryHtml(summary) }));
  return summary;
}

/** Everything that a notebook's outputs check, in order. */
export function collectChecks(notebook: Notebook): Check[] {
  const code = notebook.cells.filter((cell): cell is CodeCell => cell.cell_type === "code");
  return code.flatMap(({ outputs }) =>
    outputs.flatMap((output) => {
      const found = "data" in output ? output.data[CHECKS_MIME] : undefined;
      return Array.isArray(found) ? (found as Check[]) : [];
    }),
  );
}

/** Whether a workbook did what it is there for: every notebook ran, and there were checks, and they hold. */
export function succeeded({ notebooks, checks }: WorkbookSummary): boolean {
  return notebooks.every(({ ok }) => ok) && checks.length > 0 && checks.every(({ holds }) => holds === true);
}

async function chooseNotebooks(folder: string, names: readonly string[]): Promise<string[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith(".ipynb") && !file.startsWith(".")).sort();
  if (files.length === 0) throw new Error(`Expected notebooks (*.ipynb) in ${folder}, found none`);
  const missing = names.filter((name) => !files.some((file) => file.includes(name)));
  if (missing.length > 0)
    throw new Error(`No notebook in ${folder} is called "${missing[0]}"; found: ${files.join(", ")}`);
  return files.filter((file) => names.length === 0 || names.some((name) => file.includes(name)));
}

/** What each notebook is expected to take: its seconds in an earlier run at this scale, else in proportion to its cells. */
async function expectedWork(
  files: readonly string[],
  plan: readonly Notebook[],
  summary: string,
  scale: string,
): Promise<number[]> {
  const earlier = await readFile(summary, "utf8")
    .then((text) => JSON.parse(text) as WorkbookSummary)
    .catch(() => undefined);
  const known = new Map(
    earlier?.scale === scale
      ? earlier.notebooks.filter(({ ok }) => ok).map(({ file, seconds }) => [file, seconds])
      : [],
  );
  const cells = plan.map((notebook) => notebook.cells.filter(({ cell_type }) => cell_type === "code").length || 1);
  const knownCells = files.reduce((sum, file, i) => sum + (known.has(file) ? cells[i]! : 0), 0);
  const knownSeconds = files.reduce((sum, file) => sum + (known.get(file) ?? 0), 0);
  const perCell = knownCells > 0 ? knownSeconds / knownCells : 1;
  return files.map((file, i) => known.get(file) ?? perCell * cells[i]!);
}
