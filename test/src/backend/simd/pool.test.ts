import { availableParallelism } from "node:os";
import { setTimeout } from "node:timers/promises";
import { runInThisContext } from "node:vm";
import type { Worker } from "node:worker_threads";
import fc from "fast-check";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { WORD } from "../../../../src/backend/simd/job.js";
import { Memory } from "../../../../src/backend/simd/memory.js";
import { Pool, threadCount } from "../../../../src/backend/simd/pool.js";
import { testKernels } from "./kernels.js";

let module: WebAssembly.Module;
beforeAll(async () => {
  module = await testKernels();
});

const memory = new Memory({ limit: 2 ** 26 });
const pools: Pool[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
});

function open(threads: number, patience = 30_000): Pool {
  const pool = new Pool(memory, { threads, patience, module });
  pools.push(pool);
  return pool;
}

/** Words of shared memory, all 0. */
function words(count: number): { address: number; values: Int32Array } {
  const address = memory.allocate(4 * count);
  return { address, values: memory.int32(address, count).fill(0) };
}

/** Waits until all threads have started: they meet in a job that as many threads have to compute. */
function meet(pool: Pool): void {
  pool.run("meet", { items: pool.threads }, words(1).address, pool.threads);
}

const workers = (pool: Pool): Worker[] => [...(pool as unknown as { workers: Set<Worker> }).workers];

function countsEach(pool: Pool, items: number, grain: number): void {
  const { address, values } = words(items + 1);
  pool.run("count", { items, grain }, address);
  expect(values.subarray(0, items).every((count) => count === 1)).toBe(true);
  expect(values[items]).toBe(0);
  memory.free(address);
}

describe("a job", () => {
  test("computes each item exactly once, however it is cut and on however many threads", () => {
    const some = [1, 2, 3, 5].map((threads) => open(threads));
    fc.assert(fc.property(fc.constantFrom(...some), fc.nat(5_000), fc.integer({ min: 1, max: 6_000 }), countsEach), {
      numRuns: 400,
    });
  });

  test("is computed by all threads at the same time", () => {
    const pool = open(4);
    meet(pool);
    expect([pool.threads, pool.helpers]).toEqual([4, 3]);
  });

  test("of no items calls no kernel", () => open(2).run("trapAt", { items: 0 }, 0));

  test("of an unknown kernel is an error", () => {
    expect(() => open(1).run("abacus", { items: 1 })).toThrow('There is no kernel "abacus"');
  });
});

describe("a kernel that fails", () => {
  test.each([1, 2, 4])("is an error that names it, and the pool works on (%d threads)", (threads) => {
    const pool = open(threads);
    meet(pool);
    for (const bad of [0, 1, 500, 999]) {
      expect(() => pool.run("trapAt", { items: 1000 }, bad)).toThrow(/^The kernel "trapAt" failed: /);
      expect(() => pool.run("trapAt", { items: 1000, grain: 2000 }, bad)).toThrow(/^The kernel "trapAt" failed: /);
      countsEach(pool, 1000, 7);
    }
    meet(pool);
  });
});

describe("a thread that ends", () => {
  test("while it sleeps costs nothing but its help", async () => {
    const pool = open(3);
    meet(pool);
    await workers(pool)[0]!.terminate();
    countsEach(pool, 5000, 3);
    expect(pool.helpers).toBe(1);
    await workers(pool)[0]!.terminate();
    countsEach(pool, 5000, 3);
    expect(pool.helpers).toBe(0);
  });

  test("just before a job", async () => {
    const pool = open(3);
    meet(pool);
    await setTimeout(50); // now they sleep
    for (const worker of workers(pool)) void worker.terminate();
    countsEach(pool, 5000, 3);
  });

  test("in the middle of a computation is an error, not a hang; the next computation has all threads again", async () => {
    const pool = open(2, 300);
    const [begun, closed] = [words(1), words(1)];
    vi.stubGlobal("hang", () => pool.run("hangAll", { items: 2 }, begun.address, closed.address));
    meet(pool);
    // The time limit cuts off this thread; the other one goes on.
    expect(() => void runInThisContext("hang()", { timeout: 200 })).toThrow("Script execution timed out");
    vi.unstubAllGlobals();
    expect(begun.values[0]).toBe(2);
    void workers(pool)[0]!.terminate();
    expect(() => pool.run("count", { items: 2 }, words(2).address)).toThrow(
      "A thread of the CPU engine died in the middle of a computation (no sign of life for 0.3 s). " +
        "What was being computed is lost; LONGTAIL_THREADS=1 does without threads",
    );
    await setTimeout(0);
    expect(pool.helpers).toBe(1);
    countsEach(pool, 5000, 3);
    meet(pool);
  });
});

test("a thread that hangs is an error; once it is let go, it takes no part in what comes next", () => {
  const pool = open(2, 300);
  const [begun, closed] = [words(1), words(1)];
  meet(pool);
  expect(() => pool.run("hang", { items: 2 }, begun.address, closed.address)).toThrow("no sign of life for 0.3 s");
  closed.values[0] = 1;
  for (let job = 0; job < 100; job++) countsEach(pool, 500, 3);
});

test("an interrupted computation is over before the next begins", () => {
  const pool = open(2);
  const [begun, closed] = [words(1), words(1)];
  vi.stubGlobal("hang", () => pool.run("hangAll", { items: 1000 }, begun.address, closed.address));
  meet(pool);
  expect(() => void runInThisContext("hang()", { timeout: 200 })).toThrow("Script execution timed out");
  vi.unstubAllGlobals();
  closed.values[0] = 1;
  pool.settle();
  const chunks = begun.values[0]!;
  countsEach(pool, 5000, 3);
  expect(begun.values[0]).toBe(chunks);
});

test("idle threads do not compute", async () => {
  meet(open(4));
  await setTimeout(50);
  const before = process.cpuUsage();
  await setTimeout(300);
  const { user, system } = process.cpuUsage(before);
  // Three threads that look for work all the time would take 300,000 us of each core there is.
  expect(user + system).toBeLessThan(100_000);
});

test("jobs are closed after 2^30 of them too, where their number is negative", () => {
  const pool = open(2);
  meet(pool);
  const { control } = pool as unknown as { control: Int32Array };
  Atomics.store(control, WORD.generation, 2 ** 31 - 4);
  for (let job = 0; job < 5; job++) {
    countsEach(pool, 5000, 3);
    expect(Math.abs(control[WORD.generation]! % 2)).toBe(0);
  }
  expect(control[WORD.generation]).toBeLessThan(0);
  meet(pool);
});

test("a closed pool computes on the calling thread", async () => {
  const pool = open(3);
  meet(pool);
  await pool.close();
  expect(pool.helpers).toBe(0);
  countsEach(pool, 1000, 10);
});

describe("LONGTAIL_THREADS", () => {
  test("says how many threads there are; without it, one a core", () => {
    vi.stubEnv("LONGTAIL_THREADS", "3");
    expect(new Pool(memory, { module }).threads).toBe(3);
    vi.stubEnv("LONGTAIL_THREADS", "");
    expect(threadCount()).toBe(Math.min(availableParallelism(), 64));
    expect([threadCount("1"), threadCount("64")]).toEqual([1, 64]);
  });

  test.each(["0", "65", "-1", "1.5", "two", "1e9", "NaN", " "])("is refused: %j", (asked) => {
    expect(() => threadCount(asked)).toThrow(`LONGTAIL_THREADS is "${asked}"; expected a whole number from 1 to 64`);
  });
});
