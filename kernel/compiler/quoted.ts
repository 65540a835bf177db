import type typescript from "typescript";
import { ts } from "./typescript.js";

/**
 * What is completed of a string literal that the cursor stands in: its content, of a module's path the last part. Where the
 * literal does not end, the rest of the line counts as its content, of which nothing is to be replaced.
 */
export function quotedAt(source: string, position: number): { start: number; end: number } | undefined {
  const file = ts.createSourceFile("cell.ts", source, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);
  const visit = (node: typescript.Node): { start: number; end: number } | undefined => {
    if (position < node.pos || position > node.end) return undefined;
    if (!ts.isStringLiteralLike(node)) return ts.forEachChild(node, visit);
    const closed = !(node as { isUnterminated?: boolean }).isUnterminated;
    const [start, end] = [node.getStart(file) + 1, closed ? node.end - 1 : node.end];
    if (position < start || position > end) return undefined;
    const part = isModulePath(node) ? source.slice(start, position).lastIndexOf("/") + 1 : 0;
    return { start: start + part, end: closed ? end : position };
  };
  return visit(file);
}

function isModulePath({ parent }: typescript.Node): boolean {
  if (ts.isCallExpression(parent))
    return parent.expression.kind === ts.SyntaxKind.ImportKeyword || parent.expression.getText() === "require";
  return ts.isImportDeclaration(parent) || ts.isExportDeclaration(parent);
}
