import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { within } from "../../kernel/deadline.js";

describe("a deadline", () => {
  it("gives what comes before it, else its reason", async () => {
    expect(await within(sleep(5, "came"), { timeout: 5000, late: "late" })).toBe("came");
    await expect(within(sleep(5000, "", { ref: false }), { timeout: 5, late: "late" })).rejects.toThrow("late");
    const signal = AbortSignal.abort(new Error("stopped"));
    await expect(within(sleep(5000, "", { ref: false }), { late: "late", signal })).rejects.toThrow("stopped");
  });

  it("may be later than any timer can wait", async () => {
    for (const timeout of [2 ** 31, 3e9, Infinity])
      expect(await within(sleep(20, "came"), { timeout, late: "late" })).toBe("came");
  });
});
