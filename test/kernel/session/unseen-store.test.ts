import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { unseenStore } from "../../../kernel/session/unseen-store.js";

describe("an unseen store", () => {
  const storage = unseenStore<{ running: string }>();

  it("shows in no promise, timer or handle that is looked at", async () => {
    await storage.run({ running: "a cell" }, async () => {
      await Promise.resolve();
      const { port1 } = new MessageChannel();
      const timer = setTimeout(() => undefined, 0);
      expect(inspect([Promise.resolve(1), timer, setImmediate(() => undefined), port1])).not.toMatch(/a cell|Store/);
      port1.close();
    });
  });

  it("is there after awaits, in timers and in what an inner run leaves", async () => {
    const [outer, inner] = [{ running: "outer" }, { running: "inner" }];
    await storage.run(outer, async () => {
      await Promise.resolve();
      await storage.run(inner, async () => {
        await Promise.resolve();
        expect(storage.getStore()).toBe(inner);
      });
      await new Promise((resolve) => setTimeout(resolve, 1));
      expect(storage.getStore()).toBe(outer);
    });
    expect(storage.getStore()).toBeUndefined();
  });
});
