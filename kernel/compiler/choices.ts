import type typescript from "typescript";
import { ts } from "./typescript.js";

/** `Type '"hinge"' is not assignable to type 'LossName'`, of a property, an argument or a variable. */
const WRONG_TEXT = /^(?:Type|Argument of type) '"[^\n]*"' is not assignable to /;
const MOST = 20;

/**
 * The texts that may stand where another one does: `Expected "cross-entropy", "focal" or "ldam"`. TypeScript names their type
 * alone, where that has a name. Undefined for any other error.
 */
export function choices(error: typescript.Diagnostic, program: typescript.Program): string | undefined {
  const { file, start } = error;
  const message = ts.flattenDiagnosticMessageText(error.messageText, "\n");
  if (!file || start === undefined || !WRONG_TEXT.test(message)) return;
  let node: typescript.Node = file;
  for (let inner: typescript.Node | undefined = file; inner;)
    inner = ts.forEachChild((node = inner), (child) =>
      child.getStart(file) <= start && start < child.getEnd() ? child : undefined,
    );
  const { parent } = node;
  const given = ts.isPropertyAssignment(parent) || ts.isVariableDeclaration(parent) ? parent.initializer : node;
  const type = given && ts.isExpression(given) && program.getTypeChecker().getContextualType(given);
  const texts = (type && type.isUnion() ? type.types : []).flatMap((one) => (one.isStringLiteral() ? [one.value] : []));
  const quoted = texts.map((text) => JSON.stringify(text)).sort();
  if (texts.length < 2 || texts.length > MOST || quoted.every((text) => message.includes(text))) return;
  return `Expected ${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`;
}
