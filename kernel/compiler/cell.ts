import type typescript from "typescript";
import { RUNTIME } from "./names.js";
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
const runtime = (member: string): typescript.Expression =>
  f.createPropertyAccessExpression(f.createIdentifier(RUNTIME), member);
const call = (member: string, ...args: typescript.Expression[]): typescript.CallExpression =>
  f.createCallExpression(runtime(member), undefined, args);

/**
 * Rewrites what TypeScript emits for a cell (an ES module) into the body of a function:
 *
 * - declarations become assignments to names in the shared scope (`const inc = () => 1` -> `inc = () => 1`), functions first,
 *   so that a closure of an earlier cell sees what a later cell assigns or declares again;
 * - imports become calls that load a module and a setter that binds its names, called again when a local module reassigns them;
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

/**
 * Guards the points where code waits, so that nothing of an interrupted cell runs on: `await x` becomes
 * `resume(await pause(x))`, `for await (a of b)` iterates over `iterate(b)`. With `modules`, `import(x)` and `import.meta`
 * go through the kernel too.
 */
export function guardAwaits<N extends typescript.Node>(
  context: typescript.TransformationContext,
  root: N,
  { modules = false }: { modules?: boolean } = {},
): N {
  const visit = (node: typescript.Node): typescript.Node => {
    const inner = ts.visitEachChild(node, visit, context);
    if (ts.isAwaitExpression(inner))
      return call("resume", ts.setTextRange(f.createAwaitExpression(call("pause", inner.expression)), inner));
    if (ts.isForOfStatement(inner) && inner.awaitModifier)
      return f.updateForOfStatement(
        inner,
        inner.awaitModifier,
        inner.initializer,
        call("iterate", inner.expression),
        inner.statement,
      );
    if (modules && ts.isCallExpression(inner) && inner.expression.kind === ts.SyntaxKind.ImportKeyword)
      return ts.setTextRange(f.createCallExpression(runtime("import"), undefined, inner.arguments), inner);
    if (modules && ts.isMetaProperty(inner) && inner.keywordToken === ts.SyntaxKind.ImportKeyword)
      return runtime("meta");
    return inner;
  };
  return ts.visitEachChild(root, visit, context);
}

/** `import a, { b as c } from "m"` -> `await load("m", ["default", "b"], m => { a = m.default; c = m.b; })` */
function load(statement: typescript.ImportDeclaration, names: Set<string>): typescript.Statement {
  const bindings: [imported: string | undefined, local: typescript.Identifier][] = [];
  const clause = statement.importClause;
  if (clause?.name) bindings.push(["default", clause.name]);
  if (clause?.namedBindings && ts.isNamespaceImport(clause.namedBindings))
    bindings.push([undefined, clause.namedBindings.name]);
  else if (clause?.namedBindings && ts.isNamedImports(clause.namedBindings))
    for (const element of clause.namedBindings.elements)
      bindings.push([(element.propertyName ?? element.name).text, element.name]);
  for (const [, local] of bindings) names.add(local.text);
  const module = f.createIdentifier(`${RUNTIME}_module`); // not a name that the import may bind
  const setter = f.createArrowFunction(
    undefined,
    undefined,
    [f.createParameterDeclaration(undefined, undefined, module)],
    undefined,
    undefined,
    f.createBlock(
      bindings.map(([imported, local]) =>
        f.createExpressionStatement(
          f.createAssignment(
            local,
            imported === undefined ? module : f.createElementAccessExpression(module, f.createStringLiteral(imported)),
          ),
        ),
      ),
    ),
  );
  const wanted = bindings.flatMap(([imported]) => (imported === undefined ? [] : [f.createStringLiteral(imported)]));
  const loaded = call("load", statement.moduleSpecifier, f.createArrayLiteralExpression(wanted), setter);
  return ts.setTextRange(
    f.createExpressionStatement(ts.setTextRange(f.createAwaitExpression(loaded), statement)),
    statement,
  );
}

function functionAssignment(node: typescript.FunctionDeclaration, names: Set<string>): typescript.Statement {
  const name = node.name!;
  names.add(name.text);
  const value = f.createFunctionExpression(
    node.modifiers?.filter((m) => m.kind === ts.SyntaxKind.AsyncKeyword),
    node.asteriskToken,
    undefined, // the name comes from the assignment; an inner binding would hide a later redeclaration
    undefined,
    node.parameters,
    undefined,
    node.body!,
  );
  return assignment(name, ts.setTextRange(value, node), node);
}

function classAssignment(node: typescript.ClassDeclaration, names: Set<string>): typescript.Statement {
  const name = node.name!;
  names.add(name.text);
  // The inner binding stays: static members may refer to the class while it is being made.
  const value = f.createClassExpression(undefined, name, undefined, node.heritageClauses, node.members);
  return assignment(name, ts.setTextRange(value, node), node);
}

function assignment(
  target: typescript.Expression,
  value: typescript.Expression,
  node: typescript.Node,
): typescript.Statement {
  const assign = ts.setTextRange(f.createAssignment(target, value), node);
  // An object pattern at the start of a statement would read as a block.
  const expression = ts.isObjectLiteralExpression(target) ? f.createParenthesizedExpression(assign) : assign;
  return ts.setTextRange(f.createExpressionStatement(expression), node);
}

/** Top-level variable statements, and `var` inside blocks and loops, as assignments. */
function hoist(
  context: typescript.TransformationContext,
  statement: typescript.Statement,
  names: Set<string>,
  nested: Set<string>,
): typescript.Statement[] {
  if (ts.isVariableStatement(statement)) {
    const { declarations } = statement.declarationList;
    // Variables that the compiler itself introduces stay in the cell: `var C_1` of a decorated class C.
    if (declarations.some(({ name }) => isGeneratedName(name))) return [statement];
    return assignments(statement.declarationList, names, true);
  }
  const isVar = (list: typescript.VariableDeclarationList): boolean => (list.flags & ts.NodeFlags.BlockScoped) === 0;
  const visit = (node: typescript.Node): typescript.Node | typescript.Node[] => {
    if (ts.isFunctionLike(node) || ts.isClassLike(node)) return node;
    if (ts.isVariableStatement(node) && isVar(node.declarationList))
      return assignments(node.declarationList, nested, false);
    const inner = ts.visitEachChild(node, visit, context);
    if (
      ts.isForStatement(inner) &&
      inner.initializer &&
      ts.isVariableDeclarationList(inner.initializer) &&
      isVar(inner.initializer)
    ) {
      const parts = assignments(inner.initializer, nested, false).map(
        (s) => (s as typescript.ExpressionStatement).expression,
      );
      const initializer = parts.length ? parts.reduce((left, right) => f.createComma(left, right)) : undefined;
      return f.updateForStatement(inner, initializer, inner.condition, inner.incrementor, inner.statement);
    }
    if (
      (ts.isForOfStatement(inner) || ts.isForInStatement(inner)) &&
      ts.isVariableDeclarationList(inner.initializer) &&
      isVar(inner.initializer)
    ) {
      const target = assignmentTarget(inner.initializer.declarations[0]!.name, nested);
      return ts.isForInStatement(inner)
        ? f.updateForInStatement(inner, target, inner.expression, inner.statement)
        : f.updateForOfStatement(inner, inner.awaitModifier, target, inner.expression, inner.statement);
    }
    return inner;
  };
  const visited = visit(statement);
  return (Array.isArray(visited) ? visited : [visited]) as typescript.Statement[];
}

/** `reset`: a declaration without a value sets the name to undefined, since an earlier cell may have used it. */
function assignments(
  list: typescript.VariableDeclarationList,
  names: Set<string>,
  reset: boolean,
): typescript.Statement[] {
  return list.declarations.flatMap((declaration) => {
    const target = assignmentTarget(declaration.name, names);
    if (!declaration.initializer && !reset) return [];
    return [assignment(target, declaration.initializer ?? f.createVoidZero(), declaration)];
  });
}

/** A binding name or pattern as the target of an assignment: `{ a, b: [c = 1] }` */
function assignmentTarget(name: typescript.BindingName, names: Set<string>): typescript.Expression {
  if (ts.isIdentifier(name)) {
    names.add(name.text);
    return name;
  }
  const withDefault = (element: typescript.BindingElement): typescript.Expression => {
    const target = assignmentTarget(element.name, names);
    return element.initializer ? f.createAssignment(target, element.initializer) : target;
  };
  if (ts.isArrayBindingPattern(name))
    return f.createArrayLiteralExpression(
      name.elements.map((element) => {
        if (ts.isOmittedExpression(element)) return element;
        return element.dotDotDotToken
          ? f.createSpreadElement(assignmentTarget(element.name, names))
          : withDefault(element);
      }),
    );
  return f.createObjectLiteralExpression(
    name.elements.map((element) => {
      if (element.dotDotDotToken) return f.createSpreadAssignment(assignmentTarget(element.name, names));
      if (element.propertyName) return f.createPropertyAssignment(element.propertyName, withDefault(element));
      names.add((element.name as typescript.Identifier).text);
      return f.createShorthandPropertyAssignment(element.name as typescript.Identifier, element.initializer);
    }),
  );
}

const { isGeneratedIdentifier } = ts as unknown as { isGeneratedIdentifier: (node: typescript.Node) => boolean };

function isGeneratedName(name: typescript.BindingName): boolean {
  return ts.isIdentifier(name) && isGeneratedIdentifier(name);
}

function hasTopLevelAwait(statements: readonly typescript.Statement[]): boolean {
  const visit = (node: typescript.Node): boolean => {
    if (ts.isAwaitExpression(node) || (ts.isForOfStatement(node) && node.awaitModifier !== undefined)) return true;
    if (ts.isFunctionLike(node)) return false;
    return ts.forEachChild(node, (child) => visit(child) || undefined) ?? false;
  };
  return statements.some(visit);
}
