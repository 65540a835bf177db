import { spawnSync } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, test, vi } from "vitest";
import { cifar10LT, plan, RunStore } from "../../../src/experiment/index.js";
import { summary, type FailureRecord } from "../../../src/experiment/record.js";
import { start } from "./swept.js";
import { lines, recordFor, toyScale } from "./toy.js";

let folder: string;
let store: RunStore;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "store-test-"));
  store = new RunStore(join(folder, "runs"));
  file = join(store.path, "runs.jsonl");
});
afterEach(() => rmSync(folder, { recursive: true }));

const runs = [0, 1, 2].map((seed) => plan(cifar10LT({ rho: 10 }), { scale: toyScale(), seed }));
const [first, second, third] = runs as [(typeof runs)[0], (typeof runs)[0], (typeof runs)[0]];
const failure = (run: (typeof runs)[0], error: string): FailureRecord => ({
  ...{ status: "failed", run: summary(run), error },
  ...{ device: "simd", versions: {}, finished: new Date(0).toISOString() },
});
const ids = (): string[] => store.records().map(({ run }) => run.id);

describe("a store", () => {
  it("is empty before its folder is there, and reading does not make it", () => {
    expect([store.records(), store.failures(), store.has(first)]).toEqual([[], [], false]);
    expect(existsSync(store.path)).toBe(false);
  });

  it("gives back what was added, newest last; what is done stays as it is", async () => {
    await store.add(recordFor(first, 7));
    await store.add(recordFor(second, 5));
    await store.add(recordFor(first, 1));
    await store.add(failure(first, "too late"));
    expect(store.records()).toEqual([recordFor(first, 7), recordFor(second, 5)]);
    expect(store.failures()).toEqual([]);
    expect([store.has(first), store.has(third)]).toEqual([true, false]);
    expect(lines(store.path)).toHaveLength(2);
  });

  it("knows the last failure of a run, until it is done", async () => {
    await store.add(failure(first, "one"));
    await store.add(failure(second, "other"));
    await store.add(failure(first, "two"));
    expect(store.failures().map(({ error }) => error)).toEqual(["other", "two"]);
    expect(store.has(first)).toBe(false);
    await store.add(recordFor(first, 3));
    expect(store.failures().map(({ error }) => error)).toEqual(["other"]);
    expect(ids()).toEqual([first.id]);
  });

  it("is read anew only when it has changed, whoever changed it", async () => {
    await store.add(recordFor(first, 7));
    expect(ids()).toEqual([first.id]);
    const parse = vi.spyOn(JSON, "parse");
    try {
      expect([ids(), store.failures(), store.has(second)]).toEqual([[first.id], [], false]);
      expect(parse).not.toHaveBeenCalled();
    } finally {
      parse.mockRestore();
    }
    await new RunStore(store.path).add(recordFor(second, 5));
    expect(ids()).toEqual([first.id, second.id]);
    rmSync(file);
    expect(ids()).toEqual([]);
  });

  it("is a table, with errors in %", async () => {
    const counts = [[9, 1], [4, 6]]; // prettier-ignore
    await store.add({ ...recordFor(first, 7), last: { epoch: 1, counts }, best: { epoch: 0, counts } });
    const { last: _, best: __, ...pretraining } = recordFor(second, 0);
    await store.add(pretraining);
    const table = await store.table();
    expect(table.objects()).toMatchObject([
      { id: first.id, seed: 0, task: "fit", images: 7, last: 25, best: 25 },
      { id: second.id, seed: 1, last: null, best: null },
    ]);
  });

  it("is where LONGTAIL_RUNS says, else runs", () => {
    const before = process.env["LONGTAIL_RUNS"];
    try {
      process.env["LONGTAIL_RUNS"] = join(folder, "elsewhere");
      expect(new RunStore().path).toBe(join(folder, "elsewhere"));
      process.env["LONGTAIL_RUNS"] = "";
      expect(new RunStore().path).toBe(join(process.cwd(), "runs"));
      expect(new RunStore("here").path).toBe(join(process.cwd(), "here"));
    } finally {
      if (before === undefined) delete process.env["LONGTAIL_RUNS"];
      else process.env["LONGTAIL_RUNS"] = before;
    }
  });

  it("has an identity that stays, also when its folder is called otherwise", async () => {
    const found = await Promise.all([1, 2, 3, 4].map(() => new RunStore(store.path).identity()));
    expect(found[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(new Set(found).size).toBe(1);
    spawnSync("mv", [store.path, join(folder, "moved")]);
    expect(await new RunStore(join(folder, "moved")).identity()).toBe(found[0]);
    expect(await store.identity()).not.toBe(found[0]);
  });
});

describe("a file that is not whole", () => {
  it("a line that its writer could not end is no record, and the next is none the worse", async () => {
    await store.add(recordFor(first, 7));
    const line = `${JSON.stringify(recordFor(second, 5))}\n`;
    // Wherever it was cut, up to the newline.
    for (let length = 1; length < line.length; length += 1 + Math.floor(line.length / 40)) {
      writeFileSync(file, `${JSON.stringify(recordFor(first, 7))}\n${line.slice(0, length)}`);
      const isWhole = length === line.length - 1;
      expect(ids()).toEqual(isWhole ? [first.id, second.id] : [first.id]);
      await store.add(recordFor(third, 2));
      expect(ids()).toEqual(isWhole ? [first.id, second.id, third.id] : [first.id, third.id]);
      await store.add(recordFor(second, 5));
      expect(ids().sort()).toEqual(runs.map(({ id }) => id).sort());
      expect(readFileSync(file, "utf8").endsWith("\n")).toBe(true);
    }
  });

  it("garbage between records is passed over", async () => {
    mkdirSync(store.path);
    const garbage = [
      "",
      "{}",
      "null",
      "[1]",
      "7",
      '"text"',
      "{",
      "\u0000\u0001",
      '{"run": null}',
      '{"run": {"id": 3}}',
    ];
    writeFileSync(file, `${garbage.join("\n")}\n`);
    expect([store.records(), store.failures()]).toEqual([[], []]);
    await store.add(recordFor(first, 7));
    appendFileSync(file, Buffer.from([0xff, 0xfe, 0x0a]));
    await store.add(recordFor(second, 5));
    expect(ids()).toEqual([first.id, second.id]);
  });

  it("lines whose numbers cannot be are no records, and lines that cannot be used are said once", async () => {
    const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => undefined);
    try {
      const whole = recordFor(second, 5);
      const counts = [[[-3, 1], [0, 4]], [["3", 1], [0, 4]], [[3], [0, 4]], [[0.5, 1]], [], null, "3", [[0, 0], [0, 0]], [[1], [2]], [[]]]; // prettier-ignore
      const wrong = counts.map((one) => ({ ...whole, last: { epoch: 1, counts: one } }));
      const others = [
        { ...whole, images: undefined },
        { ...whole, device: 7 },
        { ...whole, status: "well" },
      ];
      await store.add(recordFor(first, 7));
      const changed = [...wrong, ...others].map((one) => JSON.stringify(one)).join("\n");
      appendFileSync(file, `${changed}\n${JSON.stringify(recordFor(third, 2)).slice(0, 90)}\n`);
      expect([ids(), ids()]).toEqual([[first.id], [first.id]]);
      expect(warn.mock.calls).toEqual([
        [
          `${file}: lines 2, 3, 4, 5, 6 and 9 more are no records of a run (cut off or changed): passed over, what stood ` +
            "there counts as not done",
          "StoreWarning",
        ],
      ]);
      await store.add(whole);
      expect(ids()).toEqual([first.id, second.id]);
      await store.add(recordFor(third, 2));
      expect(ids()).toEqual([first.id, second.id, third.id]);
      expect(warn.mock.calls).toHaveLength(1);
      // Nothing is to be said of a line that may be being written, and of a run that was done since.
      const other = new RunStore(join(folder, "other"));
      mkdirSync(other.path);
      writeFileSync(join(other.path, "runs.jsonl"), JSON.stringify(recordFor(third, 2)).slice(0, 90));
      await other.add(recordFor(third, 2));
      expect([new RunStore(other.path).records().length, warn.mock.calls.length]).toEqual([1, 1]);
    } finally {
      warn.mockRestore();
    }
  });

  it("what cannot be read is named", () => {
    mkdirSync(file, { recursive: true });
    expect(() => store.records()).toThrow(`Cannot read ${file}, where runs are kept: EISDIR`);
  });
});

test("several processes add at once: nothing is lost, torn, or there twice", { timeout: 120_000 }, async () => {
  const names = ["a", "b", "c", "d"];
  const adders = names.map((name) => start("adder.mjs", [store.path, name, "8"]));
  for (const { ended, err } of adders)
    expect({ ...(await ended), err: err() }).toEqual({ code: 0, signal: null, err: "" });
  const expected = names.flatMap((name) => Array.from({ length: 8 }, (_, i) => `${name}-${i}`));
  const whole = lines(store.path).map(({ run }) => run.id);
  expect(whole.sort()).toEqual([...expected, "shared"].sort());
});

test("a disk that is full, or may not be written to: DiskError, and what was there stays", async (context) => {
  mkdirSync(store.path);
  const elsewhere = new RunStore(join(file, "runs"));
  writeFileSync(file, "");
  await expect(elsewhere.add(recordFor(first, 7))).rejects.toThrow(/^Cannot write .*runs\.jsonl\/runs: .*ENOTDIR/);
  if (spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", store.path]).status !== 0) {
    console.log("store.test: skipped the full disk: a file system of its own cannot be mounted here");
    return context.skip();
  }
  try {
    await store.add(recordFor(first, 7));
    spawnSync("dd", ["if=/dev/zero", `of=${join(store.path, "other")}`, "bs=4096"]);
    const full = /: no space left there\. Free some, or choose another folder$/;
    // The record has no room, nor has the lock.
    const large = { ...recordFor(second, 5), data: "x".repeat(10_000) };
    await expect(store.add(large)).rejects.toThrow(full);
    expect(ids()).toEqual([first.id]);
    await expect(store.identity()).rejects.toThrow(full);
    rmSync(join(store.path, "other"));
    await store.add(large);
    expect(ids()).toEqual([first.id, second.id]);
    spawnSync("mount", ["-o", "remount,ro", store.path]);
    await expect(store.add(recordFor(third, 5))).rejects.toThrow(
      /the file system can only be read: choose another folder$/,
    );
  } finally {
    spawnSync("umount", [store.path]);
  }
});
