import fc from "fast-check";
import { expect, test } from "vitest";
import { digitsOn } from "../../../../src/report/figure/digits.js";
import { significant } from "../../../../src/show/number.js";

test("no number moves by more than a thousandth of what is shown", () => {
  const values = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e12, max: 1e12 }), { minLength: 2 });
  fc.assert(
    fc.property(values, fc.constantFrom(4, 5), (given, least) => {
      const digits = digitsOn(given, least);
      const span = Math.max(...given) - Math.min(...given);
      expect(digits).toBeGreaterThanOrEqual(least);
      for (const value of given)
        expect(Math.abs(significant(value, digits) - value)).toBeLessThanOrEqual(
          Math.max(span / 1000, 1e-15 * Math.abs(value)),
        );
    }),
  );
});

test("what is missing does not count, and equal numbers need no more", () => {
  expect(digitsOn([1, null, NaN, Infinity, 2], 5)).toBe(5);
  expect(digitsOn([], 5)).toBe(5);
  expect(digitsOn([123_456, 123_456], 5)).toBe(5);
  expect(digitsOn([1, 2], 5, [1, 1.000_01])).toBe(9);
});
