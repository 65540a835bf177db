import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { emblems, Examples, folder, saveFolder } from "../../../src/data/index.js";
import { DiskError } from "../../../src/disk/disk-error.js";

const scratch = mkdtempSync(join(tmpdir(), "longtail-save-"));
afterAll(() => rmSync(scratch, { recursive: true }));

const examples = (counts: number[], split: "train" | "test"): Examples =>
  Examples.of(emblems({ counts, split, size: 32 }));
const sets = { train: examples([20, 3, 1], "train"), test: examples([2, 2, 2], "test") };

test("what was written is what data.folder reads, to the byte, classes by their names", async () => {
  const path = join(scratch, "emblems");
  await saveFolder(path, sets);
  expect(
    readdirSync(join(path, "train", sets.train.classes[0]!))
      .sort()
      .slice(-1),
  ).toEqual(["000019.png"]);
  const read = await folder(path, { size: 32 });
  expect(read.train.classes).toEqual([...sets.train.classes].sort());
  for (const part of ["train", "test"] as const) {
    const pictures = (set: Examples): string[] =>
      Array.from({ length: set.length }, (_, i) => {
        return `${set.classes[set.labels[i]!]}: ${Buffer.from(set.image(i)).toString("base64")}`;
      });
    expect(pictures(read[part]).sort()).toEqual(pictures(sets[part]).sort());
  }
  await expect(saveFolder(path, sets)).rejects.toThrow(`${path} is there already`);
});

test("what data.folder gives is written, all of it", async () => {
  const first = join(scratch, "first");
  await saveFolder(first, { ...sets, validation: sets.test.select([0, 2, 4]), unlabeled: sets.train.select([1, 2]) });
  const read = await folder(first, { size: 32, unlabeled: join(first, "unlabeled") });
  expect([read.validation!.length, read.unlabeled!.length]).toEqual([3, 2]);
  const second = join(scratch, "second");
  await saveFolder(second, read);
  const again = await folder(second, { size: 32, unlabeled: join(second, "unlabeled") });
  for (const part of ["train", "test", "validation", "unlabeled"] as const)
    expect(again[part]!.digest()).toBe(read[part]!.digest());
  rmSync(first, { recursive: true });
  rmSync(second, { recursive: true });
});

test("its path may end with a slash, and nothing of a process that was killed gets in", async () => {
  const path = join(scratch, "slash");
  const left = join(`${path}.${process.pid}.unfinished`, "train", sets.train.classes[0]!);
  mkdirSync(left, { recursive: true });
  writeFileSync(join(left, "000020.png"), "");
  await saveFolder(`${path}/`, sets);
  expect(readdirSync(join(path, "train", sets.train.classes[0]!))).toHaveLength(20);
  rmSync(path, { recursive: true });
});

test("where it cannot be written, nothing is left", async () => {
  writeFileSync(join(scratch, "file"), "");
  await expect(saveFolder(join(scratch, "file", "emblems"), sets)).rejects.toThrow(DiskError);
  const classes = ["a/b", "c", "d"];
  const odd = { ...sets, test: sets.test.relabel(sets.test.labels, classes) };
  await expect(saveFolder(join(scratch, "odd"), odd)).rejects.toThrow('names a folder can have, found "a/b"');
  expect(existsSync(join(scratch, "odd"))).toBe(false);
  expect(readdirSync(scratch)).toEqual(["emblems", "file"]);
  await expect(saveFolder(join(scratch, "x"), { train: sets.train } as never)).rejects.toThrow(
    "test must be data.Examples",
  );
});
