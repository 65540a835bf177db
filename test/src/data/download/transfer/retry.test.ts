import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { backOff } from "../../../../../src/data/download/transfer/retry.js";

describe("backOff", () => {
  it("doubles up to 30 times the first delay, less up to a half", () => {
    const longest = Array.from({ length: 7 }, (_, i) => backOff(i + 1, 1000, 0, () => 0));
    expect(longest).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
    expect(backOff(3, 1000, 0, () => 1)).toBe(2000);
  });

  it("is as long as the server asks for, but no longer than two minutes", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.nat(10_000), fc.nat(1_000_000), (n, delay, least) => {
        const wait = backOff(n, delay, least);
        expect(wait).toBeGreaterThanOrEqual(Math.min(least, 120_000));
        expect(wait).toBeLessThanOrEqual(120_000);
      }),
    );
  });
});
