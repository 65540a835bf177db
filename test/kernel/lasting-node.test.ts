import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, relative } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { lastingNode } from "../../kernel/lasting-node.js";

let root: string;
let cellar: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "lasting-node-")));
  cellar = program("Cellar", "node", "22.1.0", "bin", "node");
});
afterEach(() => rmSync(root, { recursive: true }));

function program(...parts: string[]): string {
  const path = join(root, ...parts);
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, "");
  return path;
}

/** A link to the program, as Homebrew makes one. */
function link(...parts: string[]): string {
  const path = join(root, ...parts);
  mkdirSync(join(path, ".."), { recursive: true });
  symlinkSync(cellar, path);
  return path;
}

const found = (...folders: string[]): string =>
  lastingNode({ env: { PATH: folders.join(delimiter) }, platform: "linux" }, cellar);

it("is the link on the PATH that leads to this Node, the first of them", () => {
  const [first] = [link("bin", "node"), link("later", "node")];
  program("another", "node");
  const [another, bin, later] = ["another", "bin", "later"].map((name) => join(root, name)) as [string, string, string];
  expect(found(join(root, "missing"), another, bin, later)).toBe(first);
});

it("follows a link to a folder", () => {
  symlinkSync(join(root, "Cellar", "node", "22.1.0"), join(root, "opt"));
  expect(found(join(root, "opt", "bin"))).toBe(join(root, "opt", "bin", "node"));
});

it("is the program itself where no link that stays leads to it", () => {
  link("bin", "node");
  link("fnm_multishells", "1234_5678", "bin", "node");
  program("another", "node");
  expect(found(join(root, "another"), join(root, "fnm_multishells", "1234_5678", "bin"))).toBe(cellar);
  expect(found(relative(process.cwd(), join(root, "bin")))).toBe(cellar);
  expect(lastingNode({ env: {}, platform: "linux" }, cellar)).toBe(cellar);
  const gone = join(root, "gone", "node");
  expect(lastingNode({ env: { PATH: join(root, "bin") }, platform: "linux" }, gone)).toBe(gone);
});

it("is called node.exe on Windows", () => {
  const path = link("bin", "node.exe");
  link("bin", "node");
  expect(lastingNode({ env: { Path: join(root, "bin") }, platform: "win32" }, cellar)).toBe(path);
});
