import { ts } from "./typescript.js";

/**
 * The declarations after a cell, with what tslab's converter drops from them: namespaces of earlier cells (those of functions
 * with properties too), and `var`s in blocks and loops of this one.
 *
 * @param previous declarations before the cell
 * @param next declarations as the converter gives them
 * @param cell names that the cell declares
 */
export function completeDeclarations(
  previous: string,
  next: string,
  { names, untyped }: { names: readonly string[]; untyped: readonly string[] },
): string {
  let text = next;
  for (const name of untyped) text += `declare let ${name}: any;\n`;
  if (!previous.includes("namespace")) return text;
  const file = ts.createSourceFile("previous.d.ts", previous, ts.ScriptTarget.Latest);
  for (const statement of file.statements) {
    if (!ts.isModuleDeclaration(statement)) continue;
    const name = statement.name.text;
    if (names.includes(name) || new RegExp(`\\bnamespace ${name}\\b`).test(next)) continue;
    text += `${statement.getText(file)}\n`;
  }
  return text;
}
