import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { UsageError } from "../../../src/cli/command.js";
import { namedFiles } from "../../../src/cli/named-files.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "named-files-"));
  for (const name of ["b.ipynb", "a.ipynb", "a+.ipynb", "aXipynb", ".a.ipynb", "C.IPYNB", "notes.txt"])
    writeFileSync(join(folder, name), "");
});
afterAll(() => rmSync(folder, { recursive: true }));

const found = (pattern: string, platform: NodeJS.Platform = "linux"): string[] =>
  namedFiles("notebooks", [join(folder, pattern)], platform).map((path) => basename(path));

it("are left as they are without a pattern, whether they are there or not", () => {
  expect(namedFiles("notebooks", ["./a.ipynb", "none.ipynb", "b[1].ipynb"])).toEqual([
    "./a.ipynb",
    "none.ipynb",
    "b[1].ipynb",
  ]);
});

it.each([
  ["*.ipynb", ["a+.ipynb", "a.ipynb", "b.ipynb"]],
  ["a*", ["a+.ipynb", "a.ipynb", "aXipynb"]],
  ["a.*", ["a.ipynb"]],
  ["a+*", ["a+.ipynb"]],
  ["*b*.ip*nb", ["b.ipynb"]],
  [".*.ipynb", [".a.ipynb"]],
])("are those in the folder that match %s, by their names", (pattern, names) => {
  expect(found(pattern)).toEqual(names);
});

it("match in either case on Windows", () => {
  expect(found("*.ipynb", "win32")).toEqual(["C.IPYNB", "a+.ipynb", "a.ipynb", "b.ipynb"]);
});

it("keep their order, and the folder they were asked for in", () => {
  expect(namedFiles("notebooks", ["z.ipynb", join(folder, "b*")])).toEqual(["z.ipynb", join(folder, "b.ipynb")]);
  const before = process.cwd();
  process.chdir(folder);
  try {
    expect(namedFiles("notebooks", ["b*"])).toEqual(["b.ipynb"]);
  } finally {
    process.chdir(before);
  }
});

it("may be called so", () => {
  const path = join(folder, "b*.ipynb");
  writeFileSync(path, "");
  try {
    expect(namedFiles("notebooks", [path])).toEqual([path]);
  } finally {
    rmSync(path);
  }
});

it.each(["x*.ipynb", join("nowhere", "*.ipynb")])("are missed where nothing matches %s", (pattern) => {
  const path = join(folder, pattern);
  expect(() => namedFiles("notebooks", [path])).toThrow(UsageError);
  expect(() => namedFiles("notebooks", [path])).toThrow(`Expected notebooks that match "${path}", found none`);
});
