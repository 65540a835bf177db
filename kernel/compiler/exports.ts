import type typescript from "typescript";
import { ts } from "./typescript.js";

/**
 * A cell without its `export`s, which mean nothing in a notebook: code pasted from a module runs as it is. Blanks stand in
 * their place, so that every position stays. An object, class or function that is exported as the default and has no name
 * gets parentheses: by itself it would be a block, or a declaration.
 */
export function withoutExports(source: string): string {
  if (!/\bexport\b/.test(source)) return source;
  const file = ts.createSourceFile("cell.ts", source, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);
  let text = source;
  const blank = (start: number, end: number): void => {
    text = text.slice(0, start) + text.slice(start, end).replace(/[^\r\n]/g, " ") + text.slice(end);
  };
  const enclose = (start: number, end: number): void => {
    const stop = text[end] === ";" ? "" : ";";
    text = `${text.slice(0, start - 1)}(${text.slice(start, end)})${stop}${text.slice(end)}`;
  };
  // From the end, since a parenthesis moves what follows it.
  for (const statement of [...file.statements].reverse()) {
    const value = defaultValue(statement);
    if (ts.isExportAssignment(statement)) blank(statement.getStart(), statement.expression.getStart());
    else if (ts.isExportDeclaration(statement) || ts.isNamespaceExportDeclaration(statement))
      blank(statement.getStart(), statement.end);
    for (const modifier of modifiers(statement))
      if (modifier.kind === ts.SyntaxKind.ExportKeyword || modifier.kind === ts.SyntaxKind.DefaultKeyword)
        blank(modifier.getStart(), modifier.end);
    if (value) enclose(...value);
  }
  return text;
}

function modifiers(statement: typescript.Statement): readonly typescript.ModifierLike[] {
  return (ts.canHaveModifiers(statement) && ts.getModifiers(statement)) || [];
}

/** Where the value of an `export default` stands that would not be read as a value without these words. */
function defaultValue(statement: typescript.Statement): [start: number, end: number] | undefined {
  if (ts.isExportAssignment(statement)) {
    const { expression } = statement;
    const isRead = !/^(\{|function\b|class\b|async\s+function\b)/.test(expression.getText());
    return isRead ? undefined : [expression.getStart(), expression.end];
  }
  const isNameless = (ts.isClassDeclaration(statement) || ts.isFunctionDeclaration(statement)) && !statement.name;
  const keyword = modifiers(statement).find(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword);
  if (!isNameless || !keyword) return undefined;
  return [keyword.end + /^\s*/.exec(statement.getSourceFile().text.slice(keyword.end))![0].length, statement.end];
}
