import type typescript from "typescript";
import { ts } from "./typescript.js";

/** A string literal that the cursor stands in. */
export interface Quoted {
  /** What is completed of it: its content, of a module's path the last part. */
  readonly start: number;
  readonly end: number;
  /** Where its content begins. */
  readonly content: number;
  /** Does it name a module? */
  readonly module: boolean;
}

/** Where the literal does not end, the rest of the line counts as its content, of which nothing is to be replaced. */
export function quotedAt(source: string, position: number): Quoted | undefined {
  const file = ts.createSourceFile("cell.ts", source, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);
  const visit = (node: typescript.Node): Quoted | undefined => {
    if (position < node.pos || position > node.end) return undefined;
    if (!ts.isStringLiteralLike(node)) return ts.forEachChild(node, visit);
    const closed = !(node as { isUnterminated?: boolean }).isUnterminated;
    const [content, end] = [node.getStart(file) + 1, closed ? node.end - 1 : node.end];
    if (position < content || position > end) return undefined;
    const module = isModulePath(node);
    const part = module ? source.slice(content, position).lastIndexOf("/") + 1 : 0;
    return { start: content + part, end: closed ? end : position, content, module };
  };
  return visit(file);
}

/** Whether a literal says what is imported. */
export function isModulePath({ parent }: typescript.Node): boolean {
  if (ts.isCallExpression(parent))
    return parent.expression.kind === ts.SyntaxKind.ImportKeyword || parent.expression.getText() === "require";
  return ts.isImportDeclaration(parent) || ts.isExportDeclaration(parent) || ts.isExternalModuleReference(parent);
}
