import { Worker } from "node:worker_threads";
import { afterAll, describe, expect, it } from "vitest";
import { Backlog } from "../../kernel/backlog.js";

const line = (length: number) => ({ type: "stream", cell: 1, name: "stdout", text: "x".repeat(length) }) as const;
const pong = { type: "pong", ping: 1 } as const;

/** A thread that calls `Atomics.sub` on the backlog's memory as often as it is told to, a moment later. */
const other = new Worker(
  `const { parentPort } = require("node:worker_threads");
   parentPort.on("message", ({ memory, size }) => setTimeout(() => {
     const count = new Int32Array(memory);
     Atomics.sub(count, 0, size);
     Atomics.notify(count, 0);
   }, 30));`,
  { eval: true },
);
afterAll(() => other.terminate());

const sizeIn = ({ memory }: Backlog): number => Atomics.load(new Int32Array(memory), 0);

describe("a backlog", () => {
  it("is empty again when all that was added was removed, by whichever thread", () => {
    const here = new Backlog();
    const there = new Backlog(here.memory);
    const messages = [line(10), pong, { type: "clear", cell: 1 }, line(0)] as const;
    for (const message of messages) here.add(message);
    expect(sizeIn(there)).toBeGreaterThan(10);
    for (const message of messages) there.remove(message);
    expect(sizeIn(here)).toBe(0);
  });

  it("keeps the thread that prints too much until enough is gone", () => {
    const backlog = new Backlog();
    backlog.add(line(900_000));
    other.postMessage({ memory: backlog.memory, size: 900_500 });
    backlog.add(line(400_000)); // returns: else this test never ends
    expect(sizeIn(backlog)).toBe(400_500);
  });

  it("lets one message through that is larger than all of it, once the thread has been freed of it", () => {
    const backlog = new Backlog();
    other.postMessage({ memory: backlog.memory, size: 5_000_500 });
    backlog.add(line(5_000_000));
    expect(sizeIn(backlog)).toBe(0);
  });

  it("never keeps the thread for what is no output: answers must come through", () => {
    const backlog = new Backlog();
    backlog.add(line(999_000));
    for (let i = 0; i < 10; i++) backlog.add(pong);
    expect(sizeIn(backlog)).toBeGreaterThan(1_000_000);
  });
});
