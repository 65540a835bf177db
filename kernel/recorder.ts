import type { Message } from "./message.js";
import type { MimeBundle } from "./mime.js";
import type { CodeCell, DisplayOutput, Metadata, Output, ResultOutput } from "./notebook.js";

/** Characters that the outputs of one cell may have. A notebook is written as one string, of which V8 allows 2²⁹. */
const MOST = 50_000_000;
const TOO_MUCH = `What this cell shows from here on is left out: it has more than ${MOST.toLocaleString("en")} characters.\n`;

/**
 * Records what a kernel publishes into the cells of a notebook, as nbclient does: consecutive text of one stream is one
 * output, a display with an id changes every output that has this id, in earlier cells too. Of a cell that shows without
 * end the first 50 million characters are kept.
 */
export class OutputRecorder {
  private readonly displays = new Map<string, Set<DisplayOutput | ResultOutput>>();
  private clearNext = false;
  private readonly sizes = new WeakMap<CodeCell, number>();

  /** @param timings whether to keep when a cell started and ended, in its `metadata.execution`. Default false. */
  constructor(private readonly timings = false) {}

  /** Empties a cell that is about to be run. */
  begin(cell: CodeCell): void {
    this.empty(cell);
    cell.execution_count = null;
    delete cell.metadata["execution"];
    this.clearNext = false;
  }

  /** Takes one iopub message of this cell. */
  record(cell: CodeCell, { header, content }: Message): void {
    const type = header.msg_type;
    if (this.timings) this.recordTiming(cell, type, content, header.date);
    if (type === "execute_input" && typeof content["execution_count"] === "number")
      cell.execution_count = content["execution_count"];
    else if (type === "clear_output") {
      if (content["wait"]) this.clearNext = true;
      else this.empty(cell);
    } else if (type === "stream") this.addText(cell, textOf(content["name"]) || "stdout", textOf(content["text"]));
    else if (type === "error") {
      const traceback = Array.isArray(content["traceback"]) ? content["traceback"].map(textOf) : [];
      this.add(cell, {
        output_type: "error",
        ename: textOf(content["ename"]),
        evalue: textOf(content["evalue"]),
        traceback,
      });
    } else if (type === "display_data" || type === "execute_result" || type === "update_display_data")
      this.addDisplay(cell, type, content);
  }

  /** Applies the carriage returns that progress bars print: what a terminal would no longer show is dropped. */
  finish(cell: CodeCell): void {
    for (const output of cell.outputs)
      if (output.output_type === "stream") output.text = output.text.split("\n").map(afterReturns).join("\n");
  }

  /** Adds an output that the kernel did not send, such as why the cell was stopped. */
  add(cell: CodeCell, output: Output): void {
    if (this.clearNext) {
      this.empty(cell);
      this.clearNext = false;
    }
    cell.outputs.push(output);
  }

  private empty(cell: CodeCell): void {
    cell.outputs = [];
    this.sizes.delete(cell);
  }

  /** Whether a cell may have so many characters more. The first time that it may not, it says so. */
  private hasRoom(cell: CodeCell, more: number): boolean {
    const before = this.clearNext ? 0 : (this.sizes.get(cell) ?? 0);
    if (before > MOST) return false;
    const isRoom = before + more <= MOST;
    if (!isRoom) this.add(cell, { output_type: "stream", name: "stderr", text: TOO_MUCH });
    this.sizes.set(cell, isRoom ? before + more : Infinity);
    return isRoom;
  }

  private addText(cell: CodeCell, name: string, text: string): void {
    const last = this.clearNext ? undefined : cell.outputs.at(-1);
    if (!this.hasRoom(cell, text.length)) return;
    if (last?.output_type === "stream" && last.name === name) last.text += text;
    else this.add(cell, { output_type: "stream", name, text });
  }

  private addDisplay(cell: CodeCell, type: string, content: Record<string, unknown>): void {
    const data = (content["data"] ?? {}) as MimeBundle;
    const metadata = (content["metadata"] ?? {}) as Metadata;
    const id = (content["transient"] as { display_id?: unknown } | undefined)?.display_id;
    const same = typeof id === "string" ? this.displays.get(id) : undefined;
    for (const output of same ?? []) Object.assign(output, { data, metadata });
    if (type === "update_display_data" || !this.hasRoom(cell, sizeOf(data))) return;
    const output: DisplayOutput | ResultOutput =
      type === "display_data"
        ? { output_type: type, data, metadata }
        : { output_type: "execute_result", execution_count: cell.execution_count, data, metadata };
    this.add(cell, output);
    if (typeof id === "string") this.displays.set(id, (same ?? new Set()).add(output));
  }

  private recordTiming(cell: CodeCell, type: string, content: Record<string, unknown>, date: string): void {
    const key = type === "status" ? `iopub.status.${textOf(content["execution_state"])}` : `iopub.${type}`;
    if (!["iopub.status.busy", "iopub.execute_input", "iopub.status.idle"].includes(key)) return;
    cell.metadata["execution"] = { ...(cell.metadata["execution"] as Metadata | undefined), [key]: date };
  }
}

/** What a terminal shows of a line: what follows the last carriage return; those at its end have nothing to overwrite it with. */
function afterReturns(line: string): string {
  let end = line.length;
  while (line[end - 1] === "\r") end--;
  return end === 0 ? line : line.slice(line.lastIndexOf("\r", end - 1) + 1);
}

function sizeOf(data: MimeBundle): number {
  return Object.values(data).reduce<number>(
    (sum, value) => sum + (typeof value === "string" ? value : JSON.stringify(value)).length,
    0,
  );
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
