/** Words of Python, and what TypeScript has for them. */
const NAMES: Readonly<Record<string, string>> = {
  print: "console.log(x), or x as the last line of a cell",
  len: "x.length",
  range: "Array.from({ length: n }, (_, i) => i), or for (let i = 0; i < n; i++) { ... }",
  True: "true",
  False: "false",
  None: "null, or undefined",
  str: "String(x)",
  lambda: "(x) => x + 1",
  not: "!x",
  and: "x && y",
  or: "x || y",
  del: "nothing: a name is declared again, let x = ...",
};

/** Lines of Python, and an error of TypeScript that they must be for. */
const LINES: readonly (readonly [line: RegExp, error: RegExp, instead: string])[] = [
  [/^\s*(import\s+[\w.]+(\s+as\s+\w+)?|from\s+[\w.]+\s+import\b.*)\s*$/, /./, 'import * as name from "package"'],
  [/^\s*def\s/, /./, "function f(x: number) { return x; }"],
  [
    /^\s*((for|if|elif|else|while|with|try|except)\b.*:\s*$|(for(?!\s+await\b)|if|elif|while|with)\s+[^({\s].*:)/,
    /./,
    "if (x === 1) { ... }, for (const x of xs) { ... }",
  ],
  [/\bf["']/, /name 'f'/, "`total ${x}`"],
  [/(^|\s)#/, /^Invalid character/, "// a comment"],
];

/**
 * What a line that fails is in TypeScript where it is Python's; undefined for any other line.
 * @param line the line of the first error
 * @param errors what TypeScript says of the cell
 */
export function pythonHint(line: string, errors: readonly string[]): string | undefined {
  const [, , instead] =
    LINES.find(([ofLine, ofError]) => ofLine.test(line) && errors.some((error) => ofError.test(error))) ?? [];
  const unknown = errors.flatMap((error) => /^Cannot find name '(\w+)'/.exec(error)?.[1] ?? []);
  const name = unknown.find((name) => Object.hasOwn(NAMES, name));
  const found = instead ?? (name && NAMES[name]);
  return found && `That is Python. In TypeScript: ${found}`;
}
