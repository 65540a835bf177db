import { describe, expect, it } from "vitest";
import { toPlainJson } from "../../../kernel/figure/json.js";

describe("toPlainJson", () => {
  it("turns typed arrays into plain ones and what JSON lacks into gaps", () => {
    const value = { a: new Float64Array([1, NaN, Infinity]), b: [1, undefined, null, new Int32Array([2])], c: 5n };
    expect(toPlainJson(value)).toEqual({ a: [1, null, null], b: [1, null, null, [2]], c: 5 });
  });

  it("writes single precision in as few digits as it takes", () => {
    const values = [0.1, 1 / 3, 16777216, 1e-40, -2.5e30];
    const plain = toPlainJson(new Float32Array(values)) as number[];
    expect(plain[0]).toBe(0.1);
    expect(plain.map(Math.fround)).toEqual(values.map(Math.fround));
  });

  it("keeps dates as text, leaves out functions, undefined and symbols", () => {
    const date = new Date(0);
    expect(toPlainJson({ date, f: () => 1, u: undefined, s: Symbol("s") })).toEqual({
      date: "1970-01-01T00:00:00.000Z",
    });
  });

  it("accepts the same object twice and refuses one inside itself", () => {
    const shared = { color: "red" };
    expect(toPlainJson([shared, shared])).toEqual([shared, shared]);
    const loop: Record<string, unknown> = {};
    loop.self = loop;
    expect(() => toPlainJson(loop)).toThrow("contains itself");
  });
});
