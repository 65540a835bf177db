import { mkdtempSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { use } from "../../../src/backend/device.js";
import { DiskError } from "../../../src/disk/disk-error.js";
import { runId, type Configuration } from "../../../src/train/configuration.js";
import { inRunFolder, type RunFolder } from "../../../src/train/run-folder.js";

const configuration: Configuration = {
  task: "supervised",
  epochs: 10,
  loss: { name: "ldam", scale: 30 },
  data: { train: "ab" },
};
let folder: string;
let warnings: string[];
beforeEach(async () => {
  await use("cpu");
  folder = mkdtempSync(join(tmpdir(), "run-folder-"));
  warnings = [];
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});

const inFolder = <T>(
  work: (run: RunFolder) => Promise<T>,
  { path = join(folder, "a", "run"), of = configuration, signal = new AbortController().signal } = {},
): Promise<T> => inRunFolder(path, of, { signal, onWarning: (message) => warnings.push(message) }, work);
const nothing = (): Promise<void> => Promise.resolve();

test("it is made, describes itself, and is the same run with keys in another order", async () => {
  const first = await inFolder((run) => Promise.resolve(run));
  expect(first).toMatchObject({ path: join(folder, "a", "run"), id: runId(configuration) });
  const path = join(first.path, "config.json");
  const text = readFileSync(path, "utf8");
  expect(JSON.parse(text)).toMatchObject({
    ...{ id: first.id, configuration, device: "cpu", versions: { node: process.versions.node } },
  });
  expect(new Date((JSON.parse(text) as { began: string }).began).getTime()).not.toBeNaN();
  const { data, loss, ...rest } = configuration;
  const again = await inFolder((run) => Promise.resolve(run), { of: { data, loss, ...rest, more: undefined } });
  expect(again.id).toBe(first.id);
  expect(readFileSync(path, "utf8")).toBe(text);
  expect(readdirSync(first.path)).toEqual(["config.json"]); // no lock is left
});

test("its checkpoints are those of the run", async () => {
  const tensors = new Map([["w", { shape: [1], values: Float32Array.of(2) }]]);
  await inFolder(({ checkpoints }) => {
    checkpoints.save({ epoch: 1, step: 0, state: null, tensors });
    return Promise.resolve();
  });
  const found = await inFolder(({ checkpoints }) => Promise.resolve(checkpoints.latest()));
  expect(found).toMatchObject({ run: runId(configuration), epoch: 1 });
  expect(warnings).toEqual([]);
});

test("another configuration is refused, with all keys that differ, and nothing is changed", async () => {
  await inFolder(nothing);
  const path = join(folder, "a", "run", "config.json");
  const text = readFileSync(path, "utf8");
  const of = { ...configuration, epochs: 20, loss: { name: "ldam", scale: 20 }, seed: 1, data: undefined };
  let worked = false;
  const trial = inFolder(() => Promise.resolve((worked = true)), { of });
  await expect(trial).rejects.toThrow(
    `${path} is of a run with another configuration, so it cannot go on:\n` +
      "  epochs: 10 there, 20 here\n  loss.scale: 30 there, 20 here\n" +
      '  data: {"train":"ab"} there, nothing here\n  seed: nothing there, 1 here\n' +
      "Choose another folder, or delete this one",
  );
  expect(worked).toBe(false);
  expect(readFileSync(path, "utf8")).toBe(text);
  await inFolder(nothing); // the lock is gone
});

test("a key that is null there and missing here is another configuration", async () => {
  await inFolder(nothing, { of: { a: 1, b: null } });
  await expect(inFolder(nothing, { of: { a: 1 } })).rejects.toThrow(/b: null there, nothing here/);
});

test.each(["", '{"id": "ab", "conf', "null", "[]", "7", "{}", '{"configuration": null}', "not json", "\u0000"])(
  "a config.json that holds %j is no configuration of a run",
  async (text) => {
    const path = join(folder, "broken");
    mkdirSync(path);
    writeFileSync(join(path, "config.json"), text);
    await expect(inFolder(nothing, { path })).rejects.toThrow(
      /config\.json is not the configuration of a run: .*Delete that file, .*; or choose another folder/,
    );
    expect(readFileSync(join(path, "config.json"), "utf8")).toBe(text);
  },
);

/** Holds the folder until it is released. */
async function hold(): Promise<() => Promise<void>> {
  let release: () => void = () => undefined;
  let done = Promise.resolve();
  await new Promise<void>((held) => {
    done = inFolder(() => {
      held();
      return new Promise<void>((resolve) => (release = resolve));
    });
  });
  return () => {
    release();
    return done;
  };
}
/** Comes when somebody waits for the folder, which is then about to be told. */
async function waiting(): Promise<void> {
  while (vi.getTimerCount() === 0) await new Promise((resolve) => setImmediate(resolve));
}
const stopClock = (): void => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });

test("one at a time: the second waits, and says for whom after five seconds", async () => {
  stopClock();
  const release = await hold();
  let worked = false;
  const second = inFolder(() => Promise.resolve((worked = true)));
  await waiting();
  vi.advanceTimersByTime(4999);
  expect(warnings).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(warnings[0]).toMatch(new RegExp(`^Waiting for the run that uses this folder: process ${process.pid} on `));
  expect(worked).toBe(false);
  await release();
  expect(await second).toBe(true);
});

test("a wait that ends before is not told, not even later", async () => {
  stopClock();
  const release = await hold();
  let timers = -1;
  const second = inFolder(() => Promise.resolve((timers = vi.getTimerCount())));
  await waiting();
  await release();
  await second;
  expect(timers).toBe(0);
  expect(warnings).toEqual([]);
});

test("waiting ends with the signal's reason", async () => {
  stopClock();
  const release = await hold();
  const stop = new AbortController();
  const refused = expect(inFolder(nothing, { signal: stop.signal })).rejects.toThrow("enough");
  await waiting();
  stop.abort(new Error("enough"));
  await refused;
  expect(vi.getTimerCount()).toBe(0);
  await release();
});

test("what the work throws comes out, and the folder is free again", async () => {
  await expect(inFolder(() => Promise.reject(new Error("mine")))).rejects.toThrow("mine");
  await inFolder(nothing);
});

test("a path that cannot be a folder: DiskError", async () => {
  writeFileSync(join(folder, "file"), "");
  const path = join(folder, "file", "run");
  await expect(inFolder(nothing, { path })).rejects.toThrow(DiskError);
  await expect(inFolder(nothing, { path })).rejects.toThrow(`Cannot write ${path}`);
});
