import type typescript from "typescript";
import { ts } from "./compiler/typescript.js";
import { tags, type CodeCell, type Notebook } from "./notebook.js";

interface Declaration {
  readonly keyword: "const" | "let" | "var";
  /** Type annotation as written, so that a value of another type is a type error in the cell. */
  readonly type: string | undefined;
}

/** Names of the variables that the cell tagged `parameters` declares; none without such a cell. */
export function parameterNames(notebook: Notebook): string[] {
  const cell = parametersCell(notebook);
  return cell ? [...declarations(cell.source).keys()] : [];
}

/**
 * Sets parameters by papermill's convention: after the cell tagged `parameters`, which declares them with their defaults,
 * comes a cell tagged `injected-parameters` that declares them again; one from an earlier run is replaced.
 * @throws when the notebook has no such cell or it does not declare a name, or a value cannot be written in TypeScript
 */
export function setParameters(notebook: Notebook, values: Readonly<Record<string, unknown>>, name = "notebook"): void {
  if (Object.keys(values).length === 0) return;
  const cell = parametersCell(notebook);
  if (!cell)
    throw new Error(
      `${name}: expected a code cell tagged "parameters" that declares ${listNames(Object.keys(values))}`,
    );
  const declared = declarations(cell.source);
  const unknown = Object.keys(values).filter((key) => !declared.has(key));
  if (unknown.length > 0)
    throw new Error(
      `${name}: unknown parameter ${listNames(unknown)}; its cell tagged "parameters" declares ${listNames([...declared.keys()])}`,
    );
  const lines = Object.entries(values).map(([key, value]) => {
    const { keyword, type } = declared.get(key)!;
    return `${keyword} ${key}${type === undefined ? "" : `: ${type}`} = ${literal(value, key)};`;
  });
  const old = notebook.cells.find((other) => tags(other).includes("injected-parameters"));
  const injected: CodeCell = {
    cell_type: "code",
    id: old?.id ?? "injected-parameters",
    metadata: { tags: ["injected-parameters"] },
    source: ["// Parameters", ...lines].join("\n"),
    execution_count: null,
    outputs: [],
  };
  const rest = notebook.cells.filter((other) => other !== old);
  rest.splice(rest.indexOf(cell) + 1, 0, injected);
  notebook.cells = rest;
}

/**
 * A value as a TypeScript expression: JSON values, undefined, NaN, infinities, -0, bigints and dates, nested as one likes.
 * @throws for anything else, naming the parameter
 */
export function literal(value: unknown, name = "value"): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (Object.is(value, -0)) return "-0";
  if (typeof value === "bigint") return `${value}n`;
  if (value === null || value === undefined || typeof value === "number" || typeof value === "boolean")
    return String(value);
  if (value instanceof Date) return `new Date(${value.getTime()})`;
  if (Array.isArray(value)) return `[${value.map((item) => literal(item, name)).join(", ")}]`;
  if (typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype) {
    const entries = Object.entries(value).map(([key, item]) => {
      const written =
        key === "__proto__" ? '["__proto__"]' : /^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key);
      return `${written}: ${literal(item, name)}`;
    });
    return entries.length > 0 ? `{ ${entries.join(", ")} }` : "{}";
  }
  throw new Error(
    `Parameter ${name}: expected a value that TypeScript has a literal for, found ${Object.prototype.toString.call(value)}`,
  );
}

function parametersCell(notebook: Notebook): CodeCell | undefined {
  return notebook.cells.find(
    (cell): cell is CodeCell => cell.cell_type === "code" && tags(cell).includes("parameters"),
  );
}

function declarations(source: string): Map<string, Declaration> {
  const file = ts.createSourceFile("cell.ts", source, ts.ScriptTarget.Latest);
  const found = new Map<string, Declaration>();
  const add = (name: typescript.BindingName, keyword: Declaration["keyword"], type?: typescript.TypeNode): void => {
    if (ts.isIdentifier(name)) found.set(name.text, { keyword, type: type?.getText(file) });
    else for (const element of name.elements) if (ts.isBindingElement(element)) add(element.name, keyword);
  };
  for (const statement of file.statements) {
    if (!ts.isVariableStatement(statement)) continue;
    const { flags, declarations } = statement.declarationList;
    const keyword = flags & ts.NodeFlags.Const ? "const" : flags & ts.NodeFlags.Let ? "let" : "var";
    for (const { name, type } of declarations) add(name, keyword, type);
  }
  return found;
}

function listNames(names: readonly string[]): string {
  return names.length > 0 ? names.map((name) => `"${name}"`).join(", ") : "nothing";
}
