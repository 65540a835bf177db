import { describe, expect, test } from "vitest";
import { check } from "../../../src/report/check.js";
import type { CheckOptions, Relation } from "../../../src/report/check.js";

const base = { id: "x", claim: "A claim" };
const holds = (measured: number, relation: Relation, bound: number, more: Partial<CheckOptions> = {}): boolean =>
  check({ ...base, measured, relation, bound, ...more }).holds;

describe("check", () => {
  test("decides exact numbers by the relation", () => {
    expect(holds(2, ">=", 1)).toBe(true);
    expect(holds(0.9, ">=", 1)).toBe(false);
    expect(holds(0.9, "<=", 1)).toBe(true);
    expect(holds(1.1, "<=", 1)).toBe(false);
    expect(holds(1.1, ">", 1)).toBe(true);
    expect(holds(0.9, "<", 1)).toBe(true);
    expect(holds(1, "=", 1)).toBe(true);
    expect(holds(1.001, "=", 1)).toBe(false);
  });

  test("strict relations forgive nothing, not even noise", () => {
    expect(holds(1, ">", 1, { error: 0.1 })).toBe(false);
    expect(holds(1, "<", 1, { error: 0.1 })).toBe(false);
    expect(holds(1 - 1e-12, ">", 1)).toBe(false);
  });

  test("forgives rounding relative to the bound", () => {
    expect(holds(1e6 - 1e-4, ">=", 1e6)).toBe(true);
    expect(holds(1e-6 - 1e-10, ">=", 1e-6)).toBe(false);
    expect(holds(-1e-12, ">=", 0)).toBe(true);
    expect(holds(1e6 + 1e-4, "<=", 1e6)).toBe(true);
    expect(holds(1e-6 + 1e-10, "<=", 1e-6)).toBe(false);
    expect(holds(1.01, "=", 1, { rounding: 0.02 })).toBe(true);
    expect(holds(1.03, "=", 1, { rounding: 0.02 })).toBe(false);
  });

  test("forgives four standard errors of a simulation, or as many as asked for", () => {
    expect(holds(0.961, ">=", 1, { error: 0.01 })).toBe(true);
    expect(holds(0.959, ">=", 1, { error: 0.01 })).toBe(false);
    expect(holds(1.039, "≈", 1, { error: 0.01 })).toBe(true);
    expect(holds(1.041, "≈", 1, { error: 0.01 })).toBe(false);
    expect(holds(1.039, "<=", 1, { error: 0.01 })).toBe(true);
    expect(holds(1.041, "<=", 1, { error: 0.01 })).toBe(false);
    expect(holds(1.021, "<=", 1, { error: 0.01, standardErrors: 2 })).toBe(false);
  });

  test("NaN never holds, infinities compare", () => {
    for (const relation of [">=", "<=", ">", "<", "="] as const) {
      expect(holds(NaN, relation, 1)).toBe(false);
      expect(holds(1, relation, NaN)).toBe(false);
    }
    expect(holds(Infinity, "=", Infinity)).toBe(true);
    expect(holds(-Infinity, "<=", 0)).toBe(true);
    expect(holds(5, "<=", -Infinity)).toBe(false);
  });

  test.each(["measured", "bound", "error", "standardErrors", "rounding"])("refuses a %s that is no number", (name) => {
    // NaN becomes null in JSON, and null is 0 to a comparison.
    for (const value of [null, "", "1", [], true]) {
      const numbers = { measured: 0, bound: 2, relation: "<=", [name]: value } as unknown as CheckOptions;
      expect(() => check({ ...base, ...numbers })).toThrow(RangeError);
      expect(() => check({ ...base, ...numbers })).toThrow(`check x: ${name} must be a`);
    }
  });

  test("writes parameters out and keeps the numbers as they are", () => {
    const result = check({
      ...base,
      parameters: { p: 0.9, n: 100 },
      measured: 0.5,
      error: 0.1,
      relation: "≈",
      bound: 0.4,
    });
    expect(result).toEqual({
      id: "x",
      claim: "A claim",
      parameters: "p = 0.9, n = 100",
      measured: 0.5,
      error: 0.1,
      relation: "≈",
      bound: 0.4,
      holds: true,
    });
  });

  test("refuses what it cannot decide", () => {
    expect(() => holds(1, "≈", 1)).toThrow('"≈" compares within sampling noise and needs error');
    expect(() => holds(1, "==" as Relation, 1)).toThrow("check x: relation must be one of >= <=");
    expect(() => holds(1, "≈", 1, { error: -1 })).toThrow("error must be a finite number >= 0 (got -1)");
    expect(() => holds(1, "≈", 1, { error: NaN })).toThrow("error must be a finite number >= 0 (got NaN)");
    expect(() => holds(1, "≈", 99, { error: Infinity })).toThrow("error must be a finite number >= 0 (got Infinity)");
    expect(() => holds(1, "=", 99, { rounding: Infinity })).toThrow("rounding must be a finite number >= 0");
    expect(() => holds(1, ">=", 1, { error: 1, standardErrors: NaN })).toThrow(
      "standardErrors must be a finite number",
    );
    expect(() => holds(1, "=", 1, { tolerance: 1 } as Partial<CheckOptions>)).toThrow('no option "tolerance"');
  });
});
