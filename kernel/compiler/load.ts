import type typescript from "typescript";
import { call } from "./guard.js";
import { RUNTIME } from "./names.js";
import { ts } from "./typescript.js";

const f = ts.factory;

/** `import a, { b as c } from "m"` -> `await load("m", ["default", "b"], m => { a = m.default; c = m.b; })` */
export function load(statement: typescript.ImportDeclaration, names: Set<string>): typescript.Statement {
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
