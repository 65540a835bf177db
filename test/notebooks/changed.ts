import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { readNotebook, writeNotebook, type Cell } from "../../kernel/notebook.js";
import { runNotebook, type RunResult } from "../../kernel/run.js";

/**
 * Runs a copy of a notebook in which a reader has changed something.
 * @param changes by the id of a cell: what stands there, and what is put in its place
 * @param options `last`: the last cell that is run. Default: all are.
 */
export async function runChanged(
  file: string,
  changes: Readonly<Record<string, readonly [from: string, to: string]>>,
  { last }: { last?: string } = {},
): Promise<RunResult & { shown: (id: string) => string }> {
  const folder = mkdtempSync(join(tmpdir(), "changed-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const notebook = await readNotebook(fileURLToPath(new URL(`../../notebooks/${file}`, import.meta.url)));
  const cellOf = (cells: readonly Cell[], id: string): Cell => {
    const found = cells.find((cell) => cell.id === id);
    if (!found) throw new Error(`${file} has no cell ${id}`);
    return found;
  };
  for (const [id, [from, to]] of Object.entries(changes)) {
    const cell = cellOf(notebook.cells, id);
    if (!cell.source.includes(from)) throw new Error(`${file}: ${id} does not say ${from}`);
    cell.source = cell.source.replace(from, () => to);
  }
  if (last !== undefined) notebook.cells.splice(notebook.cells.indexOf(cellOf(notebook.cells, last)) + 1);
  const path = join(folder, file);
  await writeNotebook(path, notebook);
  const result = await runNotebook(path, { allowErrors: true });
  const outputs = (id: string): unknown => (cellOf(result.notebook.cells, id) as { outputs?: unknown }).outputs;
  return { ...result, shown: (id) => JSON.stringify(outputs(id)).replaceAll("\u00a0", " ") }; // lines break elsewhere
}
