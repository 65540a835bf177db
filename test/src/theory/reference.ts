import { expect } from "vitest";
import reference from "../../fixtures/theory/reference.json" with { type: "json" };

/** Values computed by another program (scipy and mpmath): test/fixtures/theory/make_reference.py. */
export { reference };

/** The accuracy that the project asks of its theory: relative, however small the value. */
export const accuracy = 1e-9;

export function relativeError(actual: number, expected: number): number {
  return actual === expected ? 0 : Math.abs(actual - expected) / Math.abs(expected);
}

/** Fails unless `actual` equals `expected` to a relative 1e-9. */
export function expectEqual(actual: number, expected: number, tolerance = accuracy): void {
  const error = relativeError(actual, expected);
  expect(error, `${actual} should be ${expected}`).toBeLessThanOrEqual(tolerance);
}

/** Fails unless two values are within `limit` of their common standard error. */
export function expectWithin(actual: number, expected: number, standardError: number, limit = 4.5): void {
  expect(Math.abs(actual - expected) / standardError, `${actual} against ${expected}`).toBeLessThan(limit);
}
