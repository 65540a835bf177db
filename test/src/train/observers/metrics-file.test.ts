import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { DiskError } from "../../../../src/disk/disk-error.js";
import type { EpochRecord } from "../../../../src/train/events.js";
import { metricsFile } from "../../../../src/train/observers/metrics-file.js";

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "metrics-file-"))));
afterEach(() => rmSync(folder, { recursive: true }));

const record = (epoch: number): EpochRecord => ({
  ...{ epoch, rate: 0.1 / 3, loss: 1 / (epoch + 3), metrics: { test: epoch / 7, validation: 0.5 }, seconds: 1.5 },
});
const begin = (records: readonly EpochRecord[]) =>
  ({ type: "begin", epochs: 9, stepsIn: () => 4, at: { epoch: records.length, step: 0 }, records }) as const;
const lines = (path: string): unknown[] =>
  readFileSync(path, "utf8")
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as unknown);
const flat = ({ metrics, ...rest }: EpochRecord) => ({ ...rest, ...metrics });

test("a line of JSON an epoch, with every digit; the last one ends, too", async () => {
  const path = join(folder, "metrics.jsonl");
  const observe = metricsFile(path);
  await observe(begin([]));
  expect(readFileSync(path, "utf8")).toBe("");
  for (const epoch of [0, 1, 2]) {
    await observe({ type: "evaluate", epoch });
    await observe({ type: "epoch", record: record(epoch) });
    expect(lines(path)).toEqual([0, 1, 2].slice(0, epoch + 1).map((e) => flat(record(e))));
  }
  expect(readFileSync(path, "utf8").split("\n", 1)[0]).toBe(
    '{"epoch":0,"rate":0.03333333333333333,"loss":0.3333333333333333,"seconds":1.5,"test":0,"validation":0.5}',
  );
  await observe({ type: "end", finished: true });
  expect(lines(path)).toHaveLength(3);
});

test("a run that goes on: what the checkpoint does not know of is gone, even half a line", async () => {
  const path = join(folder, "metrics.jsonl");
  writeFileSync(path, `${[0, 1, 2].map((e) => JSON.stringify(flat(record(e)))).join("\n")}\n{"epo`);
  const observe = metricsFile(path);
  await observe(begin([record(0), record(1)]));
  expect(lines(path)).toEqual([0, 1].map((e) => flat(record(e))));
  await observe({ type: "epoch", record: record(2) });
  expect(lines(path)).toEqual([0, 1, 2].map((e) => flat(record(e))));
});

test("a file that cannot be written: DiskError", async () => {
  const observe = metricsFile(folder); // a folder
  await expect(observe(begin([]))).rejects.toThrow(DiskError);
  await expect(observe({ type: "epoch", record: record(0) })).rejects.toThrow(DiskError);
});
