import {
  chmodSync,
  fstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { prepareFolder, writeAtomic } from "../../kernel/atomic.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "atomic-test-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("writeAtomic", () => {
  it("makes the folders, replaces a file, keeps its permissions, and leaves nothing else", async () => {
    const path = join(folder, "a", "b", "file.txt");
    await writeAtomic(path, "once");
    chmodSync(path, 0o600);
    await writeAtomic(path, "twice");
    expect(readFileSync(path, "utf8")).toBe("twice");
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(folder, "a", "b"))).toEqual(["file.txt"]);
  });

  it("takes the old file's place only when it is on the disk whole, and keeps no file open", async () => {
    const path = join(folder, "file.txt");
    await writeAtomic(path, "old");
    const probe = await open(path);
    const handles = Object.getPrototypeOf(probe) as FileHandle;
    await probe.close();
    const seen: string[][] = [];
    let written = -1;
    const sync = vi.spyOn(handles, "sync").mockImplementation(async function (this: FileHandle) {
      written = this.fd;
      await sleep(20); // as a disk does
      seen.push(readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8")));
    });
    await writeAtomic(path, "new").finally(() => sync.mockRestore());
    expect(seen.map((texts) => texts.sort())).toEqual([["new", "old"]]);
    expect(() => fstatSync(written)).toThrow("EBADF");
    expect(readFileSync(path, "utf8")).toBe("new");
  });

  it("names the file that cannot be written, and leaves nothing behind", async () => {
    mkdirSync(join(folder, "taken"));
    await expect(writeAtomic(join(folder, "taken"), "text")).rejects.toThrow(/Cannot write .*taken: EISDIR/);
    expect(readdirSync(folder)).toEqual(["taken"]);
  });
});

describe("prepareFolder", () => {
  it("makes a folder, or leaves the one there is", async () => {
    await prepareFolder(join(folder, "a", "b"));
    await prepareFolder(join(folder, "a", "b"));
    expect(readdirSync(join(folder, "a"))).toEqual(["b"]);
  });

  it("refuses a file in the folder's place", async () => {
    writeFileSync(join(folder, "file"), "");
    await expect(prepareFolder(join(folder, "file"))).rejects.toThrow(/Cannot write to the folder .*file: EEXIST/);
    await expect(prepareFolder(join(folder, "file", "a"))).rejects.toThrow(/Cannot write to the folder .*a: ENOTDIR/);
  });

  it.skipIf(process.getuid?.() === 0)("refuses a folder without permission to write", async () => {
    chmodSync(folder, 0o500);
    await expect(prepareFolder(folder)).rejects.toThrow(/Cannot write to the folder .*EACCES/);
  });
});
