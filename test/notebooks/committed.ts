import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { readNotebook, tags, type Cell, type CodeCell, type Notebook } from "../../kernel/notebook.js";
import { runNotebook } from "../../kernel/run.js";

const folder = fileURLToPath(new URL("../../notebooks", import.meta.url));

/** Notebooks that train networks: minutes each. */
export const training = ["03", "04", "06", "07", "08", "09"];
export const notebooks = readdirSync(folder).filter((name) => name.endsWith(".ipynb"));

const codeCells = (notebook: Notebook): CodeCell[] =>
  notebook.cells.filter((cell: Cell): cell is CodeCell => cell.cell_type === "code");

const NUMBER = /[-−]?\d+(?:\.\d+)?(?:e[-+]?\d+)?/gi;

/**
 * Where two outputs first differ, or "". The last digits of elementary functions differ between versions of V8, so numbers
 * (also those inside text) may differ by 1e-6 of their value; the ids inside a figure are digests of such numbers, and the
 * pixels of a picture come from them.
 */
function difference(actual: unknown, committed: unknown, path: string): string {
  if (typeof actual === "number" && typeof committed === "number")
    return Math.abs(actual - committed) <= 1e-6 * Math.abs(committed) + 1e-9
      ? ""
      : `${path}: ${committed}, now ${actual}`;
  if (typeof actual === "string" && typeof committed === "string") {
    const lines = (text: string): string[] =>
      text
        .replace(/\bf[0-9a-f]{6,}/g, "id")
        .replace(/(?<=base64,)[\w+/=]+/g, "picture")
        .split(/\n|(?<=>)/);
    const [a, c] = [lines(actual), lines(committed)];
    for (let line = 0; line < Math.max(a.length, c.length); line++) {
      const here = `${path}, part ${line + 1}`;
      const [found = "", expected = ""] = [a[line], c[line]];
      if (found.replace(NUMBER, "#") !== expected.replace(NUMBER, "#")) return `${here}: ${expected}, now ${found}`;
      const numbers = (text: string): number[] =>
        (text.match(NUMBER) ?? []).map((digits) => Number(digits.replace("−", "-")));
      const wrong = difference(numbers(found), numbers(expected), here);
      if (wrong) return wrong;
    }
    return "";
  }
  if (typeof actual !== "object" || typeof committed !== "object" || actual === null || committed === null)
    return Object.is(actual, committed) ? "" : `${path}: ${String(committed)}, now ${String(actual)}`;
  for (const key of new Set([...Object.keys(actual), ...Object.keys(committed)])) {
    const at = (side: object): unknown => (side as Record<string, unknown>)[key];
    const found = difference(at(actual), at(committed), `${path}.${key}`);
    if (found) return found;
  }
  return "";
}

/** Runs notebooks in order, with one new store of runs for all, and compares each with what is committed, output by output. */
export function computeWhatIsCommitted(files: readonly string[], cellSeconds: number): void {
  let out: string;
  beforeAll(() => {
    out = mkdtempSync(join(tmpdir(), "notebooks-"));
    vi.stubEnv("LONGTAIL_RUNS", join(out, "runs"));
    // As what is committed was computed: a GPU, where there is one, would be preferred.
    vi.stubEnv("LONGTAIL_DEVICE", "simd");
  });
  afterAll(() => {
    rmSync(out, { recursive: true });
    vi.unstubAllEnvs();
  });

  describe.each(files)("%s", (file) => {
    it("computes what is committed", { timeout: 4 * cellSeconds * 1000 }, async () => {
      const committed = await readNotebook(join(folder, file));
      const { ok, error, notebook } = await runNotebook(join(folder, file), {
        out: join(out, file),
        cellTimeout: cellSeconds * 1000,
      });
      expect(error).toBeUndefined();
      expect(ok).toBe(true);
      for (const [index, cell] of codeCells(notebook).entries()) {
        const before = codeCells(committed)[index]!;
        expect(cell.execution_count).toBe(before.execution_count);
        // Machine-dependent by its nature: only that it shows something can be asked.
        if (tags(cell).includes("volatile")) expect(cell.outputs.length).toBeGreaterThan(0);
        else expect(difference(cell.outputs, before.outputs, `cell [${index + 1}]`).slice(0, 500)).toBe("");
      }
    });
  });
}

/** What must be true of every notebook file. */
export function openInAnyJupyter(files: readonly string[]): void {
  describe.each(files)("%s", (file) => {
    it("opens in any Jupyter: format, kernel and no script of Plotly's", async () => {
      const { nbformat, metadata, cells } = await readNotebook(join(folder, file));
      expect(nbformat).toBe(4);
      expect(metadata["kernelspec"]).toEqual({
        name: "longtail",
        display_name: "TypeScript (longtail)",
        language: "typescript",
      });
      expect(cells[0]?.cell_type).toBe("markdown");
      expect(JSON.stringify(cells).length).toBeLessThan(2_000_000);
      expect(JSON.stringify(cells)).not.toContain("Plotly.newPlot");
    });
  });
}
