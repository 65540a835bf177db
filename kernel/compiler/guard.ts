import type typescript from "typescript";
import { RUNTIME } from "./names.js";
import { ts } from "./typescript.js";

const f = ts.factory;
const runtime = (member: string): typescript.Expression =>
  f.createPropertyAccessExpression(f.createIdentifier(RUNTIME), member);
/** A call of the running kernel: `member(...args)`. */
export const call = (member: string, ...args: typescript.Expression[]): typescript.CallExpression =>
  f.createCallExpression(runtime(member), undefined, args);

/**
 * Guards the points where code waits, so that nothing of an interrupted cell runs on: `await x` becomes
 * `resume(begin(), await pause(x))`, `for await (a of b)` iterates over `iterate(b)`. With `modules`, `import(x)` and `import.meta`
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
      return call(
        "resume",
        call("begin"),
        ts.setTextRange(f.createAwaitExpression(call("pause", inner.expression)), inner),
      );
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
