import type typescript from "typescript";
import { ts } from "./typescript.js";

/** Where the name ends of what is called with the arguments that the cursor stands among; undefined where it stands among none. */
export function calledAt(source: string, position: number): number | undefined {
  let called: number | undefined;
  const visit = (node: typescript.Node): void => {
    if ((ts.isCallExpression(node) || ts.isNewExpression(node)) && node.arguments) {
      const isOpen = !source.slice(0, node.end).endsWith(")"); // and goes on where the tree of what is typed ends
      const within = node.arguments.pos <= position && (position < node.end || isOpen);
      if (within) called = node.expression.end;
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile("cell.ts", source, ts.ScriptTarget.Latest));
  return called;
}
