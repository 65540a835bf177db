import { describe, expect, it } from "vitest";
import type { Message } from "../../kernel/message.js";
import type { CodeCell, Output } from "../../kernel/notebook.js";
import { OutputRecorder } from "../../kernel/recorder.js";

const emptyCell = (): CodeCell => ({
  cell_type: "code",
  id: "c",
  metadata: {},
  source: "",
  execution_count: 1,
  outputs: [],
});

/** What is recorded of a cell that printed this. */
function recorded(text: string): string {
  const output: Output = { output_type: "stream", name: "stdout", text };
  const cell = { ...emptyCell(), outputs: [output] };
  new OutputRecorder().finish(cell);
  return output.text;
}

describe("carriage returns", () => {
  it.each([
    ["10%\r20%\rdone\n", "done\n"],
    ["10%\r20%\r", "20%\r"],
    ["windows\r\nlines\r\n", "windows\r\nlines\r\n"],
    ["a\rb\r\r\nc", "b\r\r\nc"],
    ["a\n\r\r\n\rb", "a\n\r\r\nb"],
  ])("drop what they overwrite: %j", (text, expected) => {
    expect(recorded(text)).toBe(expected);
  });

  it("of long lines take no time", () => {
    const line = "x".repeat(2_000_000);
    const started = performance.now();
    expect(recorded(`${line}\n10%\r${line}`)).toBe(`${line}\n${line}`);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

describe("a cell that shows without end", () => {
  const message = (msg_type: string, content: Record<string, unknown>): Message =>
    ({ header: { msg_type, date: "" }, content }) as unknown as Message;
  const printed = (text: string): Message => message("stream", { name: "stdout", text });
  const shown = (text: string): Message => message("display_data", { data: { "text/plain": text }, metadata: {} });
  const million = "x".repeat(1_000_000);

  it("keeps the first 50 million characters, and says so once; its error is kept", () => {
    const [recorder, cell] = [new OutputRecorder(), emptyCell()];
    for (let i = 0; i < 60; i++) recorder.record(cell, (i % 2 ? shown : printed)(million));
    recorder.record(cell, message("error", { ename: "Error", evalue: "at last", traceback: [] }));
    recorder.finish(cell);
    expect(cell.outputs).toHaveLength(52);
    expect(cell.outputs[50]).toMatchObject({ output_type: "stream", name: "stderr" });
    expect((cell.outputs[50] as { text: string }).text).toContain("more than 50,000,000 characters");
    expect(cell.outputs[51]).toMatchObject({ evalue: "at last" });
  });

  it.each([true, false])("but clears what it showed keeps all that is left (wait: %s)", (wait) => {
    const [recorder, cell] = [new OutputRecorder(), emptyCell()];
    for (let i = 0; i < 60; i++) {
      recorder.record(cell, message("clear_output", { wait }));
      recorder.record(cell, shown(million));
    }
    expect(cell.outputs).toHaveLength(1);
  });

  it("takes no room from other cells", () => {
    const [recorder, cell, next] = [new OutputRecorder(), emptyCell(), emptyCell()];
    for (let i = 0; i < 60; i++) recorder.record(cell, printed(million));
    recorder.record(next, printed("here"));
    expect(next.outputs).toMatchObject([{ text: "here" }]);
  });
});
