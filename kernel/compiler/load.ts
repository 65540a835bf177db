import type typescript from "typescript";
import { call } from "./guard.js";
import { RUNTIME } from "./names.js";
import { ts } from "./typescript.js";

const f = ts.factory;

/** `import a, { b as c } from "m"` -> `await load("m", { a: ["default", v => a = v], c: ["b", v => c = v] })` */
export function load(statement: typescript.ImportDeclaration, names: Set<string>): typescript.Statement {
  const bindings: [imported: string, local: typescript.Identifier][] = [];
  const clause = statement.importClause;
  if (clause?.name) bindings.push(["default", clause.name]);
  if (clause?.namedBindings && ts.isNamespaceImport(clause.namedBindings))
    bindings.push(["*", clause.namedBindings.name]);
  else if (clause?.namedBindings && ts.isNamedImports(clause.namedBindings))
    for (const element of clause.namedBindings.elements)
      bindings.push([(element.propertyName ?? element.name).text, element.name]);
  for (const [, local] of bindings) names.add(local.text);
  const value = f.createIdentifier(`${RUNTIME}_value`); // not a name that the import may bind
  const parameter = f.createParameterDeclaration(undefined, undefined, value);
  const setters = bindings.map(([imported, local]) => {
    const assign = f.createAssignment(local, value);
    const setter = f.createArrowFunction(undefined, undefined, [parameter], undefined, undefined, assign);
    return f.createPropertyAssignment(
      local.text,
      f.createArrayLiteralExpression([f.createStringLiteral(imported), setter]),
    );
  });
  const loaded = call("load", statement.moduleSpecifier, f.createObjectLiteralExpression(setters));
  return ts.setTextRange(
    f.createExpressionStatement(ts.setTextRange(f.createAwaitExpression(loaded), statement)),
    statement,
  );
}
