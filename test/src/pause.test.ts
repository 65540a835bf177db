import { describe, expect, it } from "vitest";
import { pause } from "../../src/pause.js";

describe("pause", () => {
  it("ends with the signal's reason", async () => {
    const controller = new AbortController();
    const paused = pause(3_600_000, controller.signal);
    controller.abort(new Error("enough"));
    await expect(paused).rejects.toThrow("enough");
    await expect(pause(3_600_000, controller.signal)).rejects.toThrow("enough");
    await pause(1);
  });
});
