import { MessageChannel } from "node:worker_threads";
import { afterEach, describe, expect, it } from "vitest";
import { remote, serve } from "../../kernel/rpc.js";

let close = (): void => undefined;
afterEach(() => close());

const methods = {
  add: (a: number, b: number) => a + b,
  later: (ms: number) => new Promise<number>((resolve) => setTimeout(() => resolve(ms), ms)),
  fail: (message: string): never => {
    throw new RangeError(message);
  },
};

function connect(): ReturnType<typeof remote<typeof methods>> & { port: MessageChannel["port1"] } {
  const { port1, port2 } = new MessageChannel();
  close = () => port1.close();
  serve(port2, methods);
  return Object.assign(remote<typeof methods>(port1), { port: port1 });
}

describe("methods of another thread", () => {
  it("give their values, each call its own, in whatever order they end", async () => {
    const { add, later } = connect();
    expect(await Promise.all([later(30), add(1, 2), later(5), add(3, 4)])).toEqual([30, 3, 5, 7]);
  });

  it("throw here what they throw there", async () => {
    await expect(connect().fail("too far")).rejects.toThrow("RangeError: too far");
  });

  it("leave other messages on the port alone", async () => {
    const { port1, port2 } = new MessageChannel();
    close = () => port1.close();
    const seen: unknown[] = [];
    port2.on("message", (message) => seen.push(message));
    serve(port2, methods);
    port1.postMessage({ type: "something else" });
    expect(await remote<typeof methods>(port1).add(1, 1)).toBe(2);
    expect(seen[0]).toEqual({ type: "something else" });
  });
});
