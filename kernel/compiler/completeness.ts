import { ts } from "./typescript.js";

export type Completeness = { status: "complete" | "invalid" } | { status: "incomplete"; indent: string };

/** Codes of parse errors that more text can mend, wherever they are reported. */
const UNTERMINATED = new Set([
  1002, // unterminated string literal (only with a trailing backslash, see below)
  1010, // '*/' expected
  1160, // unterminated template literal
]);

/** Whether a cell could be run as it stands, for consoles that decide what the Enter key does. */
export function completeness(code: string): Completeness {
  const file = ts.createSourceFile("cell.ts", code, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);
  const { parseDiagnostics: errors } = file as unknown as {
    parseDiagnostics: { start: number; length: number; code: number }[];
  };
  if (errors.length === 0) return /\\$/.test(code.trimEnd()) ? incomplete(code) : { status: "complete" };
  const end = file.endOfFileToken.pos; // what stands behind the last token: nothing but space and comments
  const mendable = errors.every(({ start, length, code: id }) => {
    if (id === 1002) return code.slice(start, start + length).endsWith("\\");
    return UNTERMINATED.has(id) || start >= end;
  });
  // Two empty lines at the end are a way to say "run it all the same".
  if (!mendable || /\n[ \t]*\n[ \t]*$/.test(code)) return { status: "invalid" };
  return incomplete(code);
}

function incomplete(code: string): Completeness {
  const last = code.trimEnd().split("\n").at(-1) ?? "";
  const indent = /^\s*/.exec(last)![0];
  return { status: "incomplete", indent: /[[({]\s*(\/\/.*)?$/.test(last) ? `${indent}  ` : indent };
}
