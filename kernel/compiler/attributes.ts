import type typescript from "typescript";
import { ts } from "./typescript.js";

/**
 * `source` without the attributes of its imports (`with { type: "json" }`), with blanks in their place, so that every position
 * stays: TypeScript 5.0 cannot read them, and the kernel tells files apart by their names.
 */
export function withoutAttributes(source: string): string {
  if (!/\bwith\b/.test(source)) return source;
  const { statements } = ts.createSourceFile("cell.ts", source, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);
  let text = source;
  for (const [i, statement] of statements.entries()) {
    const before = statements[i - 1];
    // TypeScript 5.0 reads them as a `with` statement: `with (` of an object, its parentheses forgotten.
    if (!before || !ts.isWithStatement(statement) || !endsWithModule(before)) continue;
    const { end } = statement.expression;
    const start = statement.getStart();
    if (!/^with\s*\{/.test(source.slice(start, end))) continue;
    text = text.slice(0, start) + text.slice(start, end).replace(/[^\r\n]/g, " ") + text.slice(end);
  }
  return text;
}

/** Whether nothing follows the name of the module that the statement imports or exports from. */
function endsWithModule(statement: typescript.Statement): boolean {
  const isFrom = ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement);
  return isFrom && statement.moduleSpecifier?.end === statement.end;
}
