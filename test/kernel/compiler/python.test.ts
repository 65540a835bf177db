import { expect, it } from "vitest";
import { CompilerService } from "../../../kernel/compiler/service.js";

const service = new CompilerService(process.cwd());
function tracebackOf(source: string): string {
  const compiled = service.convert(source, "cell[1]");
  return "error" in compiled ? compiled.error.traceback.join("\n") : "";
}

it.each([
  ['print("x")', "console.log"],
  ["const n = len([1]);", "x.length"],
  ["True", "true"],
  ["const flag = None", "null"],
  ["const n = 1;\nfor i in range(10): print(i)", "for (const x of xs)"],
  ["if n == 5:\n  n", "if (x === 1)"],
  ["def f(x):\n  return x", "function f"],
  ["import numpy as np", "import * as name"],
  ["import numpy", "import * as name"],
  ["from longtail import report", "import * as name"],
  ['f"total {n}"', "`total ${x}`"],
  ["const n = 5 # five", "// a comment"],
  ["const n = lambda x: x", "(x) => x + 1"],
])("%s is said in TypeScript", (source, expected) => {
  expect(tracebackOf(source)).toContain("That is Python. In TypeScript: ");
  expect(tracebackOf(source)).toContain(expected);
});

it.each([
  "const n: number = 'one'",
  "missing(1)",
  'const n: number = "a #1"',
  'const n: number = { f: 1 }["f"] + missing',
  "if (1 > 2) missing ? 1 : 2",
  "class A extends B<{ a: 1 }> {}",
  "const print = (x: number) => x;\nprint('a')",
  'import { missing } from "node:fs"',
  'import fs from "node:nothing"',
  "for await (const x of [{ a: missing }]) x",
  "switch (1) {\n  case missing:\n}",
])("%s is no Python", (source) => {
  expect(tracebackOf(source)).toContain("error TS");
  expect(tracebackOf(source)).not.toContain("Python");
});
