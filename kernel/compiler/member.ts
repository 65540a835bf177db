import type typescript from "typescript";
import { ts } from "./typescript.js";

/** The way to a value: that of a top-level name, or what is in it. */
export interface ValuePath {
  readonly name: string;
  /** Keys that lead from it to the value: `["rows", "0"]` of `data.rows[0]` */
  readonly keys: readonly string[];
}

/** The value behind whose dot a name is typed. */
export interface MemberAccess extends ValuePath {
  /** What is typed of the name behind the dot. */
  readonly typed: string;
}

/**
 * The access that the cursor completes; undefined where there is none, or it cannot be looked up without running anything, or
 * the cell itself declares its name: then it is not known yet what it will be.
 */
export function memberAt(source: string, position: number): MemberAccess | undefined {
  const file = ts.createSourceFile("cell.ts", source, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);
  const declared = new Set<string>();
  let access: typescript.PropertyAccessExpression | undefined;
  const visit = (node: typescript.Node): void => {
    if (ts.isIdentifier(node) && isDeclared(node)) declared.add(node.text);
    // The dot is before the cursor, and the end of the name, which may be none yet, is not.
    if (ts.isPropertyAccessExpression(node) && node.expression.end < position && position <= node.end) access = node;
    ts.forEachChild(node, visit);
  };
  visit(file);
  if (!access) return undefined;
  const behind = source.slice(access.expression.end, position);
  if (!behind.includes(".")) return undefined;
  const path = pathOf(access.expression);
  if (!path || declared.has(path[0]!)) return undefined;
  const [name, ...keys] = path;
  return { name: name!, keys, typed: /[\w$]*$/.exec(behind)![0] };
}

function isDeclared(node: typescript.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) || ts.isObjectLiteralElement(parent)) return false;
  return (parent as { readonly name?: typescript.Node }).name === node;
}

/** The name and keys of an expression; undefined where that cannot be looked up without running anything. */
export function pathOf(expression: typescript.Expression): string[] | undefined {
  if (ts.isIdentifier(expression)) return [expression.text];
  if (ts.isNonNullExpression(expression)) return pathOf(expression.expression);
  const isElement = ts.isElementAccessExpression(expression);
  if (!isElement && !ts.isPropertyAccessExpression(expression)) return undefined;
  const key = isElement ? expression.argumentExpression : expression.name;
  const isName = !isElement && ts.isIdentifier(key); // between brackets its value is not its text
  if (!isName && !ts.isStringLiteral(key) && !ts.isNumericLiteral(key)) return undefined;
  const before = pathOf(expression.expression);
  return before && [...before, key.text];
}
