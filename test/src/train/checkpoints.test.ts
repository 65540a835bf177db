import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { DiskError } from "../../../src/disk/disk-error.js";
import { Checkpoints } from "../../../src/train/checkpoints.js";

let folder: string;
let warnings: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "checkpoints-"));
  warnings = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = (run = "run"): Checkpoints =>
  new Checkpoints(join(folder, "kept"), run, (message) => warnings.push(message));
const values = (epoch: number, step: number, size = 8): Float32Array =>
  new Float32Array(size).fill(1000 * epoch + step);
const checkpoint = (epoch: number, step = 0, size = 8) => ({
  ...{ epoch, step, state: { epoch, step } },
  tensors: new Map([["weight", { shape: [size], values: values(epoch, step, size) }]]),
});
const files = (): string[] => readdirSync(join(folder, "kept")).sort();
const file = (epoch: number, step = 0): string =>
  `epoch-${String(epoch).padStart(6, "0")}-step-${String(step).padStart(6, "0")}.checkpoint`;
const at = (name: string): string => join(folder, "kept", name);

function damage(name: string): void {
  const bytes = readFileSync(at(name));
  bytes[bytes.length >> 1]! ^= 4;
  writeFileSync(at(name), bytes);
}

function expectLatest(epoch: number, step = 0): void {
  const found = open().latest();
  expect(found).toMatchObject({ run: "run", epoch, step, state: { epoch, step } });
  const { values: read } = found!.tensors.get("weight")!;
  expect(Buffer.from(read.buffer).equals(Buffer.from(values(epoch, step, read.length).buffer))).toBe(true);
}

test("none at first, without a warning or a folder", () => {
  expect(open().latest()).toBeUndefined();
  expect(readdirSync(folder)).toEqual([]);
  expect(warnings).toEqual([]);
});

test("two are kept, and the newest is given", () => {
  for (const [epoch, step] of [
    [0, 5],
    [0, 9],
    [1, 0],
    [1, 30],
    [2, 0],
  ] as const) {
    // prettier-ignore
    open().save(checkpoint(epoch, step));
    expectLatest(epoch, step);
  }
  expect(files()).toEqual([file(1, 30), file(2)]);
});

test("newest by numbers, however many digits they have", () => {
  const moments = fc.array(fc.tuple(fc.integer({ min: 0, max: 2 ** 31 }), fc.integer({ min: 0, max: 2 ** 31 })), {
    minLength: 2,
    maxLength: 4,
  });
  fc.assert(
    fc.property(moments, (list) => {
      rmSync(join(folder, "kept"), { recursive: true, force: true });
      const ordered = [...list].sort(([e, s], [f, t]) => e - f || s - t);
      for (const [epoch, step] of ordered) open().save(checkpoint(epoch, step));
      const [epoch, step] = ordered.at(-1);
      expect(open().latest()).toMatchObject({ epoch, step });
      expect(files().length).toBeLessThanOrEqual(2);
    }),
    { numRuns: 20, examples: [[[[1_000_000, 0], [999_999, 1]]], [[[0, 1_000_000], [0, 999_999]]]] }, // prettier-ignore
  );
});

test("the newest is damaged: a warning, and the one before it", () => {
  for (const epoch of [1, 2, 3]) open().save(checkpoint(epoch));
  damage(file(3));
  expectLatest(2);
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toContain(`${at(file(3))} is not a whole checkpoint`);
  // What is saved from there on counts, and is not taken for older than the damaged one.
  open().save(checkpoint(2, 7));
  expectLatest(2, 7);
  expect(warnings).toHaveLength(1);
  open().save(checkpoint(3));
  expectLatest(3);
});

test("all are damaged: it says that the run begins anew", () => {
  for (const epoch of [1, 2]) open().save(checkpoint(epoch));
  damage(file(1));
  writeFileSync(at(file(2)), "");
  expect(open().latest()).toBeUndefined();
  expect(warnings).toHaveLength(3);
  expect(warnings[2]).toBe(`${join(folder, "kept")} has no checkpoint that can be used: the run begins anew`);
  expect(open().latest()).toBeUndefined();
  expect(warnings).toHaveLength(3);
  open().save(checkpoint(0, 1));
  expectLatest(0, 1);
});

test("those of another configuration are not used", () => {
  open("another").save(checkpoint(5));
  open().save(checkpoint(4));
  expectLatest(4);
  expect(warnings).toEqual([`${at(file(5))} belongs to another configuration and is not used`]);
});

test("what a killed process left half written is removed, other files are not", () => {
  open().save(checkpoint(1));
  writeFileSync(at(`.${file(2)}.4711.tmp`), "half");
  writeFileSync(at("notes.tmp"), "mine");
  expectLatest(1);
  expect(files()).toEqual([file(1), "notes.tmp"]);
});

test("no folder can be made: DiskError", () => {
  writeFileSync(join(folder, "kept"), "a file");
  expect(() => open().save(checkpoint(1))).toThrow(DiskError);
  expect(() => open().latest()).toThrow(/ENOTDIR/);
});

test("the disk is full: DiskError, and the checkpoints before stay usable", (context) => {
  mkdirSync(join(folder, "kept"));
  const mount = spawnSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", join(folder, "kept")]);
  if (mount.status !== 0) {
    console.log("checkpoints.test: skipped the full disk: a file system of its own cannot be mounted here");
    return context.skip();
  }
  try {
    const size = 100_000; // 400 kB: a third does not fit
    for (const epoch of [1, 2]) open().save(checkpoint(epoch, 0, size));
    for (let again = 0; again < 2; again++) {
      expect(() => open().save(checkpoint(3, 0, size))).toThrow(DiskError);
      expect(() => open().save(checkpoint(3, 0, size))).toThrow(/no space left there. Free some/);
      expect(files()).toEqual([file(1), file(2)]);
      expectLatest(2);
    }
    rmSync(at(file(1)));
    open().save(checkpoint(3, 0, size));
    expectLatest(3);
    expect(warnings).toEqual([]);
  } finally {
    spawnSync("umount", [join(folder, "kept")]);
  }
});
