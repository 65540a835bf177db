import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { runWorkbook, succeeded } from "../../kernel/workbook.js";
import { formatSummary, ProgressLine } from "../../kernel/workbook-report.js";
import { chosen } from "../backend/device.js";
import { text, UsageError, type Command } from "./command.js";
import { SCALE_NAMES } from "./scale.js";
import { stopSignal } from "./stop.js";

/** The notebooks of the folder one works in, else those that come with the package. */
export function notebooksFolder(): string {
  const own = resolve("notebooks");
  return existsSync(own) ? own : fileURLToPath(new URL("../../../notebooks", import.meta.url));
}

export const workbookCommand: Command = {
  help: `Usage: longtail workbook [NAMES...] [options]

Runs the notebooks of the workbook in order and says what they verified. Writes the executed notebooks, one page of all
of them (index.html), the numbers behind the verdict (summary.json) and the trained runs (runs), which the next time are
not trained again: delete that folder to begin anew. Exit code 1 if a check or a notebook failed or
nothing was checked, 130 if stopped by Ctrl-C.

  NAMES                    run only notebooks whose name contains one of these

Options:
      --scale SCALE        quick, standard or paper: how much is computed (default: quick)
      --out DIR            where to write (default: out)
      --notebooks DIR      folder of the notebooks (default: notebooks)

Examples:
  longtail workbook
  longtail workbook theorem --scale standard --out results`,
  options: { scale: { type: "string" }, out: { type: "string" }, notebooks: { type: "string" } },
  positionals: true,
  async run(values, names) {
    const scale = text(values, "scale") ?? "quick";
    if (!(SCALE_NAMES as readonly string[]).includes(scale))
      throw new UsageError(`--scale: expected ${SCALE_NAMES.join(", ")}, found "${scale}"`);
    const out = text(values, "out") ?? "out";
    // What was trained is kept with what it made: the next time it is there at once.
    process.env["LONGTAIL_RUNS"] ||= resolve(out, "runs");
    const device = await chosen();
    const line = new ProgressLine(process.stdout);
    const { signal, release } = stopSignal();
    try {
      const summary = await runWorkbook({
        notebooks: text(values, "notebooks") ?? notebooksFolder(),
        names,
        scale,
        out,
        device,
        signal,
        onProgress: (progress) => line.update(progress),
      });
      line.end();
      console.log(`\n${formatSummary(summary, process.stdout.columns)}`);
      console.log(`Report: ${join(out, "index.html")}; checks: ${join(out, "summary.json")}`);
      if (signal.aborted) return 130;
      return succeeded(summary) ? 0 : 1;
    } finally {
      line.end();
      release();
    }
  },
};
