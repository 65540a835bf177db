import { AsyncLocalStorage } from "node:async_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Turns } from "../../kernel/turns.js";

function setUp(): {
  turns: Turns;
  sent: unknown[];
  say: (text: string) => void;
  show: (drawn: unknown) => Promise<void>;
} {
  const [turns, sent] = [new Turns(), [] as unknown[]];
  const push = (value: unknown): void => void sent.push(value);
  return { turns, sent, say: (text) => turns.say(() => push(text)), show: (drawn) => turns.show(drawn, push) };
}

describe("turns", () => {
  afterEach(() => vi.restoreAllMocks());

  it("come at once where nothing waits, else in order", async () => {
    const { turns, sent, say, show } = setUp();
    say("a");
    void show("b");
    void show(sleep(30, "slow"));
    say("c");
    void show(sleep(5, "fast"));
    say("d");
    void show("e");
    expect(sent).toEqual(["a", "b"]);
    await turns.flush();
    expect(sent).toEqual(["a", "b", "slow", "c", "fast", "d", "e"]);
    say("f");
    expect(sent.at(-1)).toBe("f");
  });

  it("pass over what fails, which is told to who asked for it", async () => {
    const { turns, sent, say, show } = setUp();
    const failed = show(Promise.reject(new Error("no figure")));
    say("after");
    await expect(failed).rejects.toThrow("no figure");
    await turns.flush();
    expect(sent).toEqual(["after"]);
  });

  it("of text are not waited for too long, also by a loop that keeps the thread", async () => {
    const { turns, sent, say, show } = setUp();
    void show(sleep(20, "figure"));
    say("a");
    const later = performance.now() + 6000;
    vi.spyOn(performance, "now").mockImplementation(() => later);
    say("b");
    say("c");
    expect(sent).toEqual(["a", "b", "c"]);
    await turns.flush();
    expect(sent).toEqual(["a", "b", "c", "figure"]);
  });

  it("of text are waited for while the thread is free, in order, but not for ever", async () => {
    const sent: string[] = [];
    const turns = new Turns({ free: 500, kept: 50 });
    const show = (drawn: Promise<string>): Promise<void> => turns.show(drawn, (value) => sent.push(value));
    void show(sleep(200, "slow"));
    turns.say(() => sent.push("after"));
    await turns.flush();
    void show(sleep(1500, "slower"));
    turns.say(() => sent.push("before"));
    await turns.flush();
    expect(sent).toEqual(["slow", "after", "before", "slower"]);
  });

  it("of text come early where they are released", async () => {
    const { turns, sent, say, show } = setUp();
    void show(sleep(20, "figure"));
    say("a");
    turns.release();
    expect(sent).toEqual(["a"]);
    await turns.flush();
    expect(sent).toEqual(["a", "figure"]);
  });

  it("belong to the cell that asked for them", async () => {
    const [turns, cell, seen] = [new Turns(), new AsyncLocalStorage<number>(), [] as unknown[]];
    const show = (drawn: unknown): void => void turns.show(drawn, () => seen.push(cell.getStore()));
    cell.run(1, () => show(sleep(20)));
    cell.run(2, () => show(sleep(1)));
    cell.run(3, () => show("at once"));
    await turns.flush();
    expect(seen).toEqual([1, 2, 3]);
  });
});
