import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stream } from "../../../src/random/index.js";
import { binomialLogPmf } from "../../../src/theory/binomial.js";
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

test.each([
  [25, 0.45],
  [1000, 0.4],
  [12, 0.7],
])("binomial(%d, %d): a million draws fit every count's probability (chi-square, 5 standard deviations)", (n, p) => {
  const s = stream(23, "counts");
  const draws = 1_000_000;
  const seen = new Float64Array(n + 1);
  for (let i = 0; i < draws; i++) seen[s.binomial(n, p)]!++;
  let [statistic, df] = [0, -1];
  seen.forEach((count, k) => {
    const expected = draws * Math.exp(binomialLogPmf(n, p, k));
    if (expected < 20) return;
    statistic += (count - expected) ** 2 / expected;
    df++;
  });
  expect(Math.abs(statistic - df)).toBeLessThan(5 * Math.sqrt(2 * df));
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
