import { describe, expect, it } from "vitest";
import type { CodeCell, Output } from "../../kernel/notebook.js";
import { OutputRecorder } from "../../kernel/recorder.js";

/** What is recorded of a cell that printed this. */
function recorded(text: string): string {
  const output: Output = { output_type: "stream", name: "stdout", text };
  const cell: CodeCell = {
    cell_type: "code",
    id: "c",
    metadata: {},
    source: "",
    execution_count: 1,
    outputs: [output],
  };
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
