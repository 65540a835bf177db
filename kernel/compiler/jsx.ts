import type typescript from "typescript";
import { ts } from "./typescript.js";

const f = ts.factory;
const { getIdentifierGeneratedImportReference: importOf } = ts as unknown as {
  getIdentifierGeneratedImportReference: (name: typescript.Identifier) => typescript.ImportSpecifier | undefined;
};

/** What JSX becomes: where the project leaves it to a bundler, or says nothing, calls of the runtime or of its own factory. */
export function jsxEmit({ jsx, jsxFactory }: typescript.CompilerOptions): typescript.JsxEmit {
  if (jsx === ts.JsxEmit.React || jsx === ts.JsxEmit.ReactJSXDev) return jsx;
  return jsxFactory === undefined ? ts.JsxEmit.ReactJSX : ts.JsxEmit.React;
}

/**
 * Names that JSX is compiled to (`_jsx`) as members of the module that they come from. TypeScript imports that module by
 * itself, and in the System format forgets to say so where it uses the names.
 */
export function nameJsxImports<N extends typescript.Node>(context: typescript.TransformationContext, root: N): N {
  const visit = (node: typescript.Node): typescript.Node => {
    const specifier = ts.isIdentifier(node) ? importOf(node) : undefined;
    if (!specifier) return ts.visitEachChild(node, visit, context);
    const module = f.getGeneratedNameForNode(specifier.parent.parent.parent);
    return f.createPropertyAccessExpression(module, (specifier.propertyName ?? specifier.name).text);
  };
  return ts.visitEachChild(root, visit, context);
}
