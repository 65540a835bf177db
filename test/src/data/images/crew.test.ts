import { getEventListeners } from "node:events";
import { setTimeout } from "node:timers/promises";
import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { shareOut, type Work } from "../../../../src/data/images/crew.js";
import { FileError } from "../../../../src/data/file-error.js";

const helper = new URL("crew-helper.mjs", import.meta.url);

interface Data {
  /** How often each item was done. */
  readonly counts: Int32Array;
  /** How many were done by other threads. */
  readonly helped: Int32Array;
  readonly bad: readonly number[];
  readonly fatal: readonly number[];
  readonly exits: readonly number[];
  /** Milliseconds an item. */
  readonly slow: number;
  /** One that takes the other threads longer. */
  readonly slowItem: number;
}

function work(items: number, threads: number, over: Partial<Data & Work<Data>> = {}): Work<Data> & { data: Data } {
  const shared = (length: number): Int32Array => new Int32Array(new SharedArrayBuffer(4 * length));
  const { bad = [], fatal = [], exits = [], slow = 0, slowItem = -1, ...others } = over;
  const data = { counts: shared(items), helped: shared(1), bad, fatal, exits, slow, slowItem };
  const run = (item: number): void => {
    Atomics.add(data.counts, item, 1);
    if (data.slow > 0) Atomics.wait(shared(1), 0, 0, data.slow);
    if (data.bad.includes(item))
      throw new FileError({ file: "f", offset: item, expected: "a", found: "b", advice: "Do c." });
    if (data.fatal.includes(item)) throw new TypeError(`item ${item}`);
  };
  return { items, threads, grain: 1, run, helper, ...others, data };
}

const threadsNow = (): number =>
  process.getActiveResourcesInfo().filter((resource) => resource === "MessagePort").length;
const before = threadsNow();
afterEach(() => expect(threadsNow()).toBe(before));

describe("work", () => {
  test("is done once an item, however it is cut and on however many threads", async () => {
    const grains = fc.integer({ min: 1, max: 50 });
    await fc.assert(
      fc.asyncProperty(fc.nat(300), fc.integer({ min: 1, max: 4 }), grains, async (items, threads, grain) => {
        const told: number[] = [];
        const job = work(items, threads, { grain, onProgress: (done) => told.push(done) });
        expect(await shareOut(job)).toEqual([]);
        expect([...job.data.counts]).toEqual(Array.from({ length: items }, () => 1));
        expect(told.at(-1) ?? 0).toBe(items);
        expect(told).toEqual(told.toSorted((a, b) => a - b));
      }),
      { numRuns: 25 },
    );
  });

  test("is done by other threads too", async () => {
    const job = work(300, 3, { slow: 5 });
    await shareOut(job);
    expect(job.data.helped[0]).toBeGreaterThan(50);
    expect(job.data.helped[0]).toBeLessThan(250);
  });

  test.each([1, 2, 4])("ends with the failure of the first item that fails, on %d threads", async (threads) => {
    for (const bad of [[0], [199], [7, 8, 9, 150], [120, 60, 61]]) {
      const first = Math.min(...bad);
      const error = await shareOut(work(200, threads, { bad, slow: 1 })).catch((error: unknown) => error);
      expect(error).toBeInstanceOf(FileError);
      expect(error).toMatchObject({
        file: "f",
        offset: first,
        advice: "Do c.",
        message: `f, byte ${first}: expected a, found b. Do c.`,
      });
    }
  });

  test("ends with the first failure though a later one comes in before", async () => {
    const job = work(6, 3, { bad: [1, 5], slowItem: 1 });
    const counts = job.data.counts;
    // Until the other threads have both.
    const run = (): void => {
      while (Atomics.load(counts, 1) + Atomics.load(counts, 5) < 2) Atomics.wait(counts, 1, 2, 5);
    };
    await expect(shareOut({ ...job, run })).rejects.toMatchObject({ offset: 1 });
  });

  test.each([1, 3])("collects failures in order where it may go on, on %d threads", async (threads) => {
    const job = work(100, threads, { bad: [90, 3, 50, 4], strict: false, slow: 1, grain: 7 });
    const failures = await shareOut(job);
    expect(failures.map(({ item, fault }) => [item, fault.offset])).toEqual([3, 4, 50, 90].map((item) => [item, item]));
    expect(job.data.counts.every((count) => count === 1)).toBe(true);
  });
});

describe("it ends, with all its threads, when", () => {
  const others = (fatal: keyof Data): Partial<Data> => ({
    [fatal]: Array.from({ length: 1000 }, (_, item) => item),
    slow: 2,
  });

  test("a thread dies of an error", async () => {
    const job = work(1000, 3, others("fatal"));
    // Only in the other threads.
    const outcome = shareOut({
      ...job,
      run: () => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2),
    });
    await expect(outcome).rejects.toThrow(/^A thread that decodes images died \(item \d+\); with { threads: 1 }/);
  });

  test("a thread ends before its time", async () => {
    const outcome = shareOut(work(1000, 2, others("exits")));
    await expect(outcome).rejects.toThrow("A thread that decodes images died (exit code 3)");
  });

  test("a thread cannot be started", async () => {
    const outcome = shareOut(work(1000, 2, { helper: new URL("file:///nowhere/helper.mjs"), slow: 1 }));
    await expect(outcome).rejects.toThrow(/^A thread that decodes images died \(Cannot find module/);
  });

  test.each([1, 2])("an item fails as none should, on %d threads", async (threads) => {
    await expect(shareOut(work(100, threads, { fatal: [5], helper: idle, slow: 1 }))).rejects.toThrow(/item 5/);
  });

  test.each([1, 3])("it is aborted, on %d threads", async (threads) => {
    const abort = new AbortController();
    const job = work(100_000, threads, { slow: 1, signal: abort.signal });
    const outcome = shareOut(job).catch((error: unknown) => error);
    await setTimeout(100);
    const reason = new Error("enough");
    abort.abort(reason);
    expect(await outcome).toBe(reason);
    const done = job.data.counts.reduce((sum, count) => sum + count, 0);
    await setTimeout(30);
    expect(job.data.counts.reduce((sum, count) => sum + count, 0)).toBe(done);
  });

  test("it is aborted before it begins", async () => {
    const job = work(10, 2, { signal: AbortSignal.abort(new Error("never")) });
    await expect(shareOut(job)).rejects.toThrow("never");
    expect(job.data.counts[0]).toBe(0);
  });

  test("all is done; the signal is let go of", async () => {
    const { signal } = new AbortController();
    await shareOut(work(10, 2, { signal }));
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  test.each([1, 3])("who is told of its progress fails, on %d threads", async (threads) => {
    const onProgress = (done: number): void => {
      if (done > 20) throw new Error("cannot draw");
    };
    await expect(shareOut(work(1000, threads, { onProgress, slow: 1 }))).rejects.toThrow("cannot draw");
  });

  const idle = new URL("data:text/javascript,");
});
