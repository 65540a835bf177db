import type typescript from "typescript";
import { ts } from "./typescript.js";

const f = ts.factory;

export function functionAssignment(node: typescript.FunctionDeclaration, names: Set<string>): typescript.Statement {
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

export function classAssignment(node: typescript.ClassDeclaration, names: Set<string>): typescript.Statement {
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
export function hoist(
  context: typescript.TransformationContext,
  statement: typescript.Statement,
  names: Set<string>,
  nested: Set<string>,
): typescript.Statement[] {
  if (ts.isVariableStatement(statement)) {
    const { declarations } = statement.declarationList;
    // Variables that the compiler itself introduces stay in the cell: `var C_1` of a decorated class C.
    if (declarations.some(({ name }) => isGeneratedName(name))) return [statement];
    // `var` may stand twice in a cell, and the second leaves the value alone.
    return assignments(statement.declarationList, names, (name) => !names.has(name) && !nested.has(name));
  }
  const isVar = (list: typescript.VariableDeclarationList): boolean => (list.flags & ts.NodeFlags.BlockScoped) === 0;
  const visit = (node: typescript.Node): typescript.Node | typescript.Node[] => {
    if (ts.isFunctionLike(node) || ts.isClassLike(node)) return node;
    if (ts.isVariableStatement(node) && isVar(node.declarationList))
      return assignments(node.declarationList, nested, () => false);
    const inner = ts.visitEachChild(node, visit, context);
    if (
      ts.isForStatement(inner) &&
      inner.initializer &&
      ts.isVariableDeclarationList(inner.initializer) &&
      isVar(inner.initializer)
    ) {
      const parts = assignments(inner.initializer, nested, () => false).map(
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

/** `resets`: whether a declaration without a value sets the name to undefined, since an earlier cell may have used it. */
function assignments(
  list: typescript.VariableDeclarationList,
  names: Set<string>,
  resets: (name: string) => boolean,
): typescript.Statement[] {
  return list.declarations.flatMap((declaration) => {
    const { name, initializer } = declaration;
    const isKept = !initializer && !resets((name as typescript.Identifier).text); // a pattern has a value
    const target = assignmentTarget(name, names);
    return isKept ? [] : [assignment(target, initializer ?? f.createVoidZero(), declaration)];
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
