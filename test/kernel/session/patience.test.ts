import { describe, expect, it } from "vitest";
import { Cell } from "../../../kernel/session/cancellation.js";
import { Patience } from "../../../kernel/session/patience.js";

describe("patience", () => {
  it("is the longest of what is announced, and tells each change", () => {
    const told: number[] = [];
    const patience = new Patience((ms) => told.push(ms));
    const long = patience.announce(500);
    const short = patience.announce(20);
    const longer = patience.announce(900);
    longer();
    long();
    short();
    expect(told).toEqual([500, 900, 500, 20, 0]);
  });

  it("counts two announcements of the same time apart, and a withdrawal once", () => {
    const patience = new Patience(() => undefined);
    const one = patience.announce(500);
    patience.announce(500);
    one();
    one();
    expect(patience.ms).toBe(500);
    patience.end();
    expect(patience.ms).toBe(0);
  });

  it("takes times that a timer can wait", () => {
    const patience = new Patience(() => undefined);
    for (const ms of [0, -1, NaN, Infinity, 2 ** 31, "500" as unknown as number])
      expect(() => patience.announce(ms)).toThrow(/more than 0 and at most 2147483647, found /);
    expect(patience.ms).toBe(0);
    patience.announce(2 ** 31 - 1);
    expect(patience.ms).toBe(2 ** 31 - 1);
  });
});

describe("a cell that stops by itself", () => {
  it("has its signal aborted by an interrupt, and goes on until it has stopped", async () => {
    const cell = new Cell(1, "cell[1]");
    const stopped = cell.patience.announce(500);
    cell.interrupt({ patient: true });
    expect(cell.signal.aborted).toBe(true);
    expect(cell.interrupted).toBe(false);
    expect(await cell.race("goes on")).toBe("goes on");
    stopped();
    expect(cell.interrupted).toBe(true);
    expect(await cell.race("winds up")).toBe("winds up");
    await expect(cell.race(new Promise(() => undefined))).rejects.toMatchObject({ name: "KeyboardInterrupt" });
  });

  it("is ended by an interrupt that is not patient", async () => {
    const cell = new Cell(1, "cell[1]");
    cell.patience.announce(500);
    cell.interrupt({ patient: true });
    cell.interrupt();
    expect(cell.interrupted).toBe(true);
    await expect(cell.race(new Promise(() => undefined))).rejects.toMatchObject({ name: "KeyboardInterrupt" });
  });

  it("may stop while its signal is being aborted", async () => {
    const cell = new Cell(1, "cell[1]");
    const stopped = cell.patience.announce(500);
    cell.signal.addEventListener("abort", stopped);
    cell.interrupt({ patient: true });
    expect(cell.interrupted).toBe(true);
    await expect(cell.race(new Promise(() => undefined))).rejects.toMatchObject({ name: "KeyboardInterrupt" });
  });

  it("is any other cell before it says so and after it has withdrawn", () => {
    const [before, after] = [new Cell(1, "cell[1]"), new Cell(2, "cell[2]")];
    after.patience.announce(500)();
    for (const cell of [before, after]) {
      cell.interrupt({ patient: true });
      expect(cell.interrupted).toBe(true);
    }
  });
});
