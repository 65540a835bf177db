import type typescript from "typescript";
import { ts } from "./typescript.js";

/**
 * A cell without its `export`s, which mean nothing in a notebook: code pasted from a module runs as it is. Blanks stand in
 * their place, so that every position stays.
 */
export function withoutExports(source: string): string {
  if (!/\bexport\b/.test(source)) return source;
  const file = ts.createSourceFile("cell.ts", source, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);
  let text = source;
  const blank = (start: number, end: number): void => {
    text = text.slice(0, start) + text.slice(start, end).replace(/[^\r\n]/g, " ") + text.slice(end);
  };
  for (const statement of file.statements) {
    if (ts.isExportAssignment(statement)) blank(statement.getStart(), statement.expression.getStart());
    else if (ts.isExportDeclaration(statement) || ts.isNamespaceExportDeclaration(statement))
      blank(statement.getStart(), statement.end);
    for (const modifier of modifiers(statement))
      if (modifier.kind === ts.SyntaxKind.ExportKeyword || modifier.kind === ts.SyntaxKind.DefaultKeyword)
        blank(modifier.getStart(), modifier.end);
  }
  return text;
}

function modifiers(statement: typescript.Statement): readonly typescript.ModifierLike[] {
  return (ts.canHaveModifiers(statement) && ts.getModifiers(statement)) || [];
}
