import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stream } from "../../../src/random/index.js";
import reference from "../../fixtures/random/reference.json" with { type: "json" };

describe.each(reference.binomial)("binomial($n, $p)", ({ n, p, k, cdf }) => {
  test("follows the binomial distribution at 41 quantiles, within 5 standard errors", () => {
    const s = stream(17, "binomial");
    const draws = 100_000;
    const sample = Float64Array.from({ length: draws }, () => s.binomial(n, p)).sort();
    k.forEach((at, i) => {
      const atMost = sample.filter((x) => x <= at).length / draws;
      const error = Math.sqrt((cdf[i]! * (1 - cdf[i]!)) / draws);
      expect(Math.abs(atMost - cdf[i]!)).toBeLessThan(5 * error + 1 / draws);
    });
  });
});

test("every value lies in 0..n, for any n and p", () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.integer({ min: 0, max: 2 ** 31 - 1 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (seed, n, p) => {
        const k = stream(seed).binomial(n, p);
        expect(Number.isInteger(k)).toBe(true);
        expect(k).toBeGreaterThanOrEqual(0);
        expect(k).toBeLessThanOrEqual(n);
      },
    ),
  );
});

test("p = 0, p = 1 and n = 0 are certain", () => {
  const s = stream(1);
  expect(s.binomial(1000, 0)).toBe(0);
  expect(s.binomial(1000, 1)).toBe(1000);
  expect(s.binomial(0, 0.5)).toBe(0);
});

test("parameters outside their range are named", () => {
  const s = stream(1);
  expect(() => s.binomial(-1, 0.5)).toThrow("n must be an integer from 0 to 2147483647 (got -1)");
  expect(() => s.binomial(1.5, 0.5)).toThrow("got 1.5");
  expect(() => s.binomial(2 ** 31, 0.5)).toThrow("got 2147483648");
  expect(() => s.binomial(1, 1.1)).toThrow("p must be a number in [0, 1] (got 1.1)");
  expect(() => s.binomial(1, NaN)).toThrow("got NaN");
});
