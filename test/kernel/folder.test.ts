import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { makeFolder } from "../../kernel/folder.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "folder-test-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

it("makes a folder with those it is in, also through a link, and leaves one that is there", () => {
  mkdirSync(join(folder, "real"));
  symlinkSync(join(folder, "real"), join(folder, "link"), "junction");
  for (const path of [join(folder, "a", "b", "c"), join(folder, "link", "d", "e"), join(folder, "link"), folder]) {
    makeFolder(path);
    makeFolder(path);
    expect(statSync(path).isDirectory()).toBe(true);
  }
  expect(existsSync(join(folder, "real", "d", "e"))).toBe(true);
});

it("refuses what is in the way: a file, or a link that leads nowhere", () => {
  writeFileSync(join(folder, "file"), "");
  symlinkSync(join(folder, "nowhere"), join(folder, "link"), "junction");
  for (const name of ["file", "link"]) {
    expect(() => makeFolder(join(folder, name))).toThrow(/^EEXIST/);
    expect(() => makeFolder(join(folder, name, "a", "b"))).toThrow(/^(EEXIST|ENOTDIR)/);
  }
});

it.runIf(existsSync("/proc/self"))("says where the system makes no folder, instead of trying for ever", () => {
  expect(() => makeFolder("/proc/self/a/b")).toThrow(/^ENOENT.*'\/proc\/self\/a'$/);
});
