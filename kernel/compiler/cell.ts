import type typescript from "typescript";
import { guardAwaits } from "./guard.js";
import { classAssignment, functionAssignment, hoist } from "./hoist.js";
import { load } from "./load.js";
import { ts } from "./typescript.js";

/** What the transformer learns of a cell. */
export interface CellEmit {
  /** Names that the cell declares at its top level; they live in one scope that all cells share. */
  names: string[];
  /** Those of them that only a `var` in a block or loop declares: TypeScript leaves them out of the declarations it emits. */
  untyped: string[];
  hasAwait: boolean;
}

const f = ts.factory;

/**
 * Rewrites what TypeScript emits for a cell (an ES module) into the body of a function:
 *
 * - declarations become assignments to names in the shared scope (`const inc = () => 1` -> `inc = () => 1`), functions first,
 *   so that a closure of an earlier cell sees what a later cell assigns or declares again;
 * - imports become calls that load a module, with a setter for each name, called again when a local module reassigns it;
 * - the last expression is returned;
 * - awaits are guarded, as `guardAwaits` says.
 */
export function cellTransformer(cell: CellEmit): typescript.TransformerFactory<typescript.SourceFile> {
  return (context) => (file) => {
    const guarded = guardAwaits(context, file, { modules: true });
    const names = new Set<string>();
    const nested = new Set<string>();
    const functions: typescript.Statement[] = [];
    const imports: typescript.Statement[] = [];
    const body: typescript.Statement[] = [];
    const statements = guarded.statements.filter((s) => !ts.isExportDeclaration(s) && !ts.isExportAssignment(s));
    for (const [index, statement] of statements.entries()) {
      if (ts.isImportDeclaration(statement)) imports.push(load(statement, names));
      else if (ts.isFunctionDeclaration(statement) && statement.name)
        functions.push(functionAssignment(statement, names));
      else if (ts.isClassDeclaration(statement) && statement.name) body.push(classAssignment(statement, names));
      else if (index === statements.length - 1 && ts.isExpressionStatement(statement))
        body.push(ts.setTextRange(f.createReturnStatement(statement.expression), statement));
      else body.push(...hoist(context, statement, names, nested));
    }
    cell.names = [...new Set([...names, ...nested])];
    cell.untyped = [...nested].filter((name) => !names.has(name));
    cell.hasAwait = imports.length > 0 || hasTopLevelAwait(body);
    return f.updateSourceFile(
      guarded,
      ts.setTextRange(f.createNodeArray([...functions, ...imports, ...body]), guarded.statements),
    );
  };
}

function hasTopLevelAwait(statements: readonly typescript.Statement[]): boolean {
  const visit = (node: typescript.Node): boolean => {
    if (ts.isAwaitExpression(node) || (ts.isForOfStatement(node) && node.awaitModifier !== undefined)) return true;
    // Of a method only a computed name belongs to the cell: `class A { [await key]() {} }`
    if (ts.isFunctionLike(node))
      return node.name !== undefined && ts.isComputedPropertyName(node.name) && visit(node.name);
    return ts.forEachChild(node, (child) => visit(child) || undefined) ?? false;
  };
  return statements.some(visit);
}
