import type typescript from "typescript";
import { pathOf, type ValuePath } from "./member.js";
import { ts } from "./typescript.js";

/**
 * What the name at the cursor stands for in later cells too: a top-level name, or what is in it. Undefined for a name of
 * something else, such as a key, a type or a parameter, and for one that the cell also gives to something within.
 */
export function subjectAt(source: string, position: number): ValuePath | undefined {
  const file = ts.createSourceFile("cell.ts", source, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);
  const within = new Set<string>();
  let found: typescript.Identifier | undefined;
  const visit = (node: typescript.Node): void => {
    if (ts.isIdentifier(node)) {
      if (isDeclaration(node) && !isTopLevel(node.parent)) within.add(node.text);
      if (node.getStart() <= position && position <= node.end) found = node;
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  if (!found || !isValue(found)) return undefined;
  const { parent } = found;
  const path = pathOf(ts.isPropertyAccessExpression(parent) && parent.name === found ? parent : found);
  if (!path || within.has(path[0]!)) return undefined;
  const [name, ...keys] = path;
  return { name: name!, keys };
}

function isDeclaration(node: typescript.Identifier): boolean {
  const { parent } = node;
  const isUse = ts.isPropertyAccessExpression(parent) || ts.isShorthandPropertyAssignment(parent);
  return !isUse && !ts.isPropertyAssignment(parent) && (parent as { name?: typescript.Node }).name === node;
}

function isTopLevel(declaration: typescript.Node): boolean {
  let node = declaration;
  while (!ts.isSourceFile(node.parent)) {
    const { parent } = node;
    const isPart =
      (ts.isVariableDeclaration(node) && ts.isVariableDeclarationList(parent)) ||
      (ts.isVariableDeclarationList(node) && ts.isVariableStatement(parent)) ||
      ts.isBindingElement(node) ||
      ts.isBindingName(node) ||
      ts.isImportDeclaration(parent) ||
      ts.isImportClause(parent) ||
      ts.isNamedImports(parent);
    if (!isPart) return false;
    node = parent;
  }
  return true;
}

/** Whether an identifier stands for a value, rather than for a key, a label or a type. */
function isValue(node: typescript.Identifier): boolean {
  const { parent } = node;
  if (ts.isTypeNode(parent) || ts.isQualifiedName(parent) || ts.isPropertyAssignment(parent))
    return ts.isPropertyAssignment(parent) && parent.initializer === node;
  const { propertyName, label } = parent as { propertyName?: typescript.Node; label?: typescript.Node };
  if (propertyName === node || label === node) return false;
  return !isDeclaration(node) || isTopLevel(parent);
}
