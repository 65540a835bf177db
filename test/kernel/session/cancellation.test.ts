import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { Cell, currentCell, begin, iterate, pause, resume } from "../../../kernel/session/cancellation.js";

/** What the compiler makes of `await value`. */
const guarded = async <T>(value: T | Promise<T>): Promise<T> => resume<T>(begin(), await pause(value));

describe("a cell that was interrupted", () => {
  it("ends at once, whatever it waits for", async () => {
    const cell = new Cell(1, "cell[1]");
    const end = cell.race(new Promise(() => undefined));
    cell.interrupt();
    await expect(end).rejects.toMatchObject({ name: "KeyboardInterrupt" });
    await expect(cell.race(sleep(1))).rejects.toMatchObject({ name: "KeyboardInterrupt" });
  });

  it("aborts its signal, once", () => {
    const cell = new Cell(1, "cell[1]");
    let aborted = 0;
    cell.signal.addEventListener("abort", () => aborted++);
    cell.interrupt();
    cell.interrupt();
    expect(aborted).toBe(1);
    expect(cell.signal.reason).toMatchObject({ name: "KeyboardInterrupt" });
  });

  it("throws where it waits, so that `finally` runs, and sleeps where it catches that", async () => {
    const cell = new Cell(1, "cell[1]");
    const steps: string[] = [];
    void currentCell.run(cell, async () => {
      for (;;) {
        try {
          await guarded(sleep(5));
          steps.push("tick");
        } catch (error) {
          steps.push((error as Error).name);
        } finally {
          steps.push("finally");
        }
      }
    });
    await sleep(30);
    cell.interrupt();
    const before = steps.length;
    await sleep(50);
    expect(steps.slice(before)).toEqual(["KeyboardInterrupt", "finally"]);
  });

  it("is silenced, except where it unwinds", async () => {
    const cell = new Cell(1, "cell[1]");
    const silenced: boolean[] = [];
    const say = (): number => silenced.push(cell.silenced);
    const work = async (): Promise<void> => {
      try {
        for (;;) await guarded(sleep(5));
      } finally {
        say();
      }
    };
    const outer = currentCell.run(cell, async () => {
      try {
        await work();
      } catch {
        say();
      }
    });
    cell.interrupt();
    say();
    await outer;
    await sleep(1);
    say();
    expect(silenced).toEqual([true, false, false, true]);
  });

  it("ends its `for await`", async () => {
    const cell = new Cell(1, "cell[1]");
    let seen = 0;
    async function* endless(): AsyncGenerator<number> {
      for (let i = 0; ; i++) {
        await sleep(2);
        yield i;
      }
    }
    const loop = currentCell.run(cell, async () => {
      for await (const _ of iterate(endless())) seen++;
    });
    loop.catch(() => undefined);
    await sleep(40);
    cell.interrupt();
    await sleep(20);
    const after = seen;
    await sleep(40);
    expect(after).toBeGreaterThan(0);
    expect(seen).toBe(after);
  });

  it("handles what comes when a later cell has begun, and what was under way stays dead", async () => {
    const cell = new Cell(1, "cell[1]");
    const done: string[] = [];
    const loop = currentCell.run(cell, async () => {
      for (;;) done.push(await guarded(sleep(20, "loop")));
    });
    const handle = (what: string): Promise<void> =>
      currentCell.run(cell, async () => {
        done.push(await guarded(sleep(1, `${what}, awaited`)));
        for await (const item of iterate([`${what}, iterated`])) done.push(item);
      });
    cell.interrupt();
    const dead = expect(loop).rejects.toThrow("interrupted");
    await expect(handle("at once")).rejects.toThrow("interrupted");
    await sleep(1);
    cell.pass();
    await handle("later");
    await dead;
    await sleep(30);
    expect(done).toEqual(["later, awaited", "later, iterated"]);
    expect(cell.silenced).toBe(false);
  });

  it("leaves other cells alone", async () => {
    const [one, two] = [new Cell(1, "cell[1]"), new Cell(2, "cell[2]")];
    const other = currentCell.run(two, async () => {
      await guarded(sleep(20));
      return "done";
    });
    one.interrupt();
    expect(await other).toBe("done");
  });
});

describe("a guarded await outside of interrupts", () => {
  it("is an await", async () => {
    expect(await guarded(5)).toBe(5);
    expect(await guarded(Promise.resolve("x"))).toBe("x");
    await expect(guarded(Promise.reject(new Error("no")))).rejects.toThrow("no");
  });

  it("iterates over promises and over what arrives later, and passes errors on", async () => {
    const seen: number[] = [];
    for await (const item of iterate([1, Promise.resolve(2)])) seen.push(item);
    expect(seen).toEqual([1, 2]);
    async function* failing(): AsyncGenerator<number> {
      yield 1;
      await Promise.resolve();
      throw new Error("broke");
    }
    await expect(
      (async () => {
        for await (const item of iterate(failing())) seen.push(item);
      })(),
    ).rejects.toThrow("broke");
    expect(seen).toEqual([1, 2, 1]);
  });

  it("closes an iterator that is left early", async () => {
    let closed = false;
    async function* source(): AsyncGenerator<number> {
      try {
        yield 1;
        await Promise.resolve();
        yield 2;
      } finally {
        closed = true;
      }
    }
    for await (const _ of iterate(source())) break;
    expect(closed).toBe(true);
  });
});
