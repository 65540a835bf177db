import type typescript from "typescript";
import { choices } from "./choices.js";
import { magicHint } from "./magic.js";
import { pythonHint } from "./python.js";
import { ts, type Diagnostic } from "./typescript.js";

/** What a cell that cannot run shows, in the shape of the protocol's `error` content. */
export interface CellError {
  ename: string;
  evalue: string;
  traceback: string[];
}

/**
 * Type errors of a cell as an error with code frames:
 *
 *     cell[3]:2:7 - error TS2322: Type 'string' is not assignable to type 'number'.
 *
 *       2 | const n: number = "one";
 *         |       ~
 */
export function compileError(diagnostics: readonly Diagnostic[], source: string, cellName: string): CellError {
  const lines = source.split(/\r?\n/);
  const traceback: string[] = [];
  for (const { start, end, code, messageText, fileName } of diagnostics) {
    const place = `${fileName ?? cellName}:${start.line + 1}:${start.character + 1}`;
    traceback.push(...`${place} - error TS${code}: ${messageText}`.split("\n"));
    const line = fileName === undefined ? lines[start.line] : undefined;
    if (line === undefined) continue;
    const number = String(start.line + 1);
    const stop = end.line === start.line ? end.character : line.length;
    const gap = line.slice(0, start.character).replace(/[^\t]/g, " ");
    const marks = "~".repeat(Math.max(1, stop - start.character));
    traceback.push("", `  ${number} | ${line}`, `  ${" ".repeat(number.length)} | ${gap}${marks}`, "");
  }
  const [first] = diagnostics;
  const line = lines[first?.start.line ?? 0] || (lines.at(-1) ?? ""); // an error may lie behind the last line
  const texts = diagnostics.map(({ messageText }) => messageText);
  const hint = first && first.fileName === undefined ? (magicHint(line) ?? pythonHint(line, texts)) : undefined;
  if (hint !== undefined) traceback.push(hint);
  return { ename: "TypeScriptError", evalue: diagnostics[0]?.messageText.split("\n")[0] ?? "", traceback };
}

const { getPreEmitDiagnosticsOfFiles } = ts as unknown as { getPreEmitDiagnosticsOfFiles: typeof errorsOf };

/**
 * The errors of files, but for those about an implicit `any`: cells need not annotate what their project would have to. Each is
 * in one piece: where it is a chain of messages, tslab takes all but the first for errors of their own, and of the cell.
 */
export function errorsOf(program: typescript.Program, files: typescript.SourceFile[]): typescript.Diagnostic[] {
  return getPreEmitDiagnosticsOfFiles(program, files)
    .filter(({ code }) => code < 7000 || code > 7099)
    .map((error) => {
      const said = [ts.flattenDiagnosticMessageText(error.messageText, "\n"), choices(error, program)];
      return { ...error, messageText: said.filter(Boolean).join("\n  ") };
    });
}
