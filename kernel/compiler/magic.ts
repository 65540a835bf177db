/** No rest of a division, and no negation that goes on as one. */
const LINE = /^\s*(%{1,2}(?=[a-z])|!)\s*([\w./-]+)(?![\w./-])((?!\s*(?:&&|\|\||[=!]=|[?(;])).*)$/;

/** What a line like IPython's magics and commands, which cells do not have, is in TypeScript; undefined for any other line. */
export function magicHint(line: string): string | undefined {
  const [, kind, name, rest] = LINE.exec(line) ?? [];
  if (kind === undefined) return undefined;
  const shell = (command: string): string =>
    `(await import("node:child_process")).execSync(${JSON.stringify(command.trim())}, { stdio: "inherit" })`;
  const said = (what: string, instead: string): string => `Cells have no ${what}. In TypeScript: ${instead}`;
  if (kind === "!") return said("commands by !", shell(`${name}${rest}`));
  if (/^time/.test(name!)) return said("magics", 'console.time("it"); ...; console.timeEnd("it")');
  if (/^(pip|conda|npm)$/.test(name!)) return said("magics", shell("npm install PACKAGE"));
  return said("magics", `${shell("COMMAND")} runs a command`);
}
