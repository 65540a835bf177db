import { expect, it } from "vitest";
import { magicHint } from "../../../kernel/compiler/magic.js";
import { CompilerService } from "../../../kernel/compiler/service.js";

it.each([
  ["!ls -l", 'execSync("ls -l", { stdio: "inherit" })'],
  ["  ! git status", 'execSync("git status", { stdio: "inherit" })'],
  ["%time train()", 'console.time("it"); ...; console.timeEnd("it")'],
  ["%%timeit", "console.time"],
  ["%pip install numpy", 'execSync("npm install PACKAGE"'],
  ["%matplotlib inline", "Cells have no magics"],
])("%s is said in TypeScript", (line, expected) => {
  expect(magicHint(line)).toContain(expected);
});

it.each(["a % b", "const n = !done", "!", "% 2", "  % count", "// %time", "!done && f()", "!is(1)", "!a.b ? 1 : 2"])(
  "%s is none",
  (line) => {
    expect(magicHint(line)).toBeUndefined();
  },
);

it("is said where a cell fails with such a line, and of no other error", () => {
  const service = new CompilerService(process.cwd());
  const tracebackOf = (source: string): string =>
    (service.convert(source, "cell[1]") as { error: { traceback: string[] } }).error.traceback.join("\n");
  for (const source of ["!ls -l", "const n = 1;\n%time n", "%%bash\nls"])
    expect(tracebackOf(source)).toContain("Cells have no");
  expect(tracebackOf("const n: number = 'one'")).not.toContain("Cells have no");
});
