import type * as fs from "node:fs";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { DiskError } from "../../../../src/disk/disk-error.js";
import type { EpochRecord } from "../../../../src/train/events.js";
import { tensorBoard } from "../../../../src/train/observers/tensorboard.js";
import { crc32c, readEvents, type FileEvent } from "./event-file.js";

/** Whether another program has open what is to be deleted, as Windows sees it. */
const open = vi.hoisted(() => ({ elsewhere: false }));
vi.mock("node:fs", async (original) => {
  const real = await original<typeof fs>();
  const rmSync: typeof real.rmSync = (...args) => {
    if (open.elsewhere) throw Object.assign(new Error("EBUSY: resource busy or locked"), { code: "EBUSY" });
    real.rmSync(...args);
  };
  return { ...real, rmSync };
});

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "tensorboard-"))));
afterEach(() => rmSync(folder, { recursive: true }));

const record = (epoch: number, metrics: Record<string, number> = { test: epoch / 7 }): EpochRecord => ({
  ...{ epoch, rate: 0.1, loss: 1 / (epoch + 3), metrics, seconds: 1 },
});
const begin = (records: readonly EpochRecord[] = []) =>
  ({ type: "begin", epochs: 9, stepsIn: () => 4, at: { epoch: records.length, step: 0 }, records }) as const;
const files = (): string[] => readdirSync(folder).filter((name) => name.startsWith("events.out.tfevents."));
function events(): FileEvent[] {
  expect(files()).toHaveLength(1);
  return readEvents(readFileSync(join(folder, files()[0]!)));
}
const expected = ({ epoch, rate, loss, metrics }: EpochRecord) => ({
  step: epoch,
  scalars: Object.entries({ loss, "learning rate": rate, ...metrics }).map(([tag, value]) => [tag, Math.fround(value)]),
});

test("the reader of this test: CRC-32C of the digits 1 to 9 is e3069283", () => {
  expect(crc32c(Buffer.from("123456789")).toString(16)).toBe("e3069283");
});

test("a file begins with its version, and has an event an epoch with loss, rate and metrics", async () => {
  const before = Date.now() / 1000;
  const observe = tensorBoard(folder);
  await observe(begin());
  expect(events()).toMatchObject([{ version: "brain.Event:2", step: 0, scalars: [] }]);
  for (const epoch of [0, 1, 2]) await observe({ type: "epoch", record: record(epoch) });
  await observe({ type: "end", finished: true });
  const [first, ...rest] = events();
  expect(first!.version).toBe("brain.Event:2");
  expect(rest.map(({ step, scalars }) => ({ step, scalars }))).toEqual([0, 1, 2].map((e) => expected(record(e))));
  for (const { seconds } of events()) {
    expect(seconds).toBeGreaterThanOrEqual(before);
    expect(seconds).toBeLessThanOrEqual(Date.now() / 1000);
  }
});

test("any names (long ones, any letters), any numbers, epochs of many digits", async () => {
  const names = fc.oneof(fc.string({ unit: "grapheme" }), fc.string({ minLength: 120, maxLength: 20_000 }));
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 2 ** 40 }),
      fc.array(fc.tuple(names, fc.double()), { maxLength: 4 }),
      async (epoch, pairs) => {
        const metrics = Object.fromEntries(pairs);
        const observe = tensorBoard(folder);
        await observe(begin());
        await observe({ type: "epoch", record: record(epoch, metrics) });
        const { step, scalars } = events()[1]!;
        expect({ step, scalars }).toEqual(expected(record(epoch, metrics)));
      },
    ),
    { numRuns: 60 },
  );
});

test("a run that goes on: a new file with what the checkpoint knows in place of the old ones; other files stay", async () => {
  const observe = tensorBoard(folder);
  await observe(begin());
  for (const epoch of [0, 1, 2]) await observe({ type: "epoch", record: record(epoch) });
  writeFileSync(join(folder, "events.out.tfevents.1.elsewhere"), "older");
  writeFileSync(join(folder, "config.json"), "{}");
  const again = tensorBoard(folder);
  await again(begin([record(0), record(1)]));
  await again({ type: "epoch", record: record(2, { test: 1 }) });
  expect(events().slice(1).map(({ step, scalars }) => ({ step, scalars }))).toEqual(
    [record(0), record(1), record(2, { test: 1 })].map(expected),
  ); // prettier-ignore
  expect(readFileSync(join(folder, "config.json"), "utf8")).toBe("{}");
});

test("a file that TensorBoard has open, which Windows does not delete, is emptied; one that cannot be: DiskError", async () => {
  const old = join(folder, "events.out.tfevents.1.elsewhere");
  writeFileSync(old, "older");
  try {
    open.elsewhere = true;
    await tensorBoard(folder)(begin([record(0)]));
    expect(readFileSync(old, "utf8")).toBe("");
    expect(files()).toHaveLength(2);
    mkdirSync(join(folder, "a", "events.out.tfevents.2"), { recursive: true });
    await expect(async () => tensorBoard(join(folder, "a"))(begin())).rejects.toThrow(DiskError);
  } finally {
    open.elsewhere = false;
  }
});

test("a folder that is made; one that cannot be: DiskError", async () => {
  await tensorBoard(join(folder, "a", "b"))(begin());
  expect(readdirSync(join(folder, "a", "b"))).toHaveLength(1);
  writeFileSync(join(folder, "file"), "");
  await expect(async () => tensorBoard(join(folder, "file"))(begin())).rejects.toThrow(DiskError);
});
