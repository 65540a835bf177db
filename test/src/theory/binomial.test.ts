import fc from "fast-check";
import { expect, test } from "vitest";
import { binomialLogPmf } from "../../../src/theory/binomial.js";
import { expectEqual, reference } from "./reference.js";

test.each(reference.primitives.binomialLogPmf)("log P($k of $n at $p)", ({ n, p, k, logPmf }) => {
  expectEqual(binomialLogPmf(n, p, k), logPmf);
  if (logPmf > -700) expect(Math.abs(binomialLogPmf(n, p, k) - logPmf)).toBeLessThan(1e-9);
});

test("the probabilities of all counts add up to 1, with mean n p", () => {
  const size = fc.integer({ min: 1, max: 300 });
  fc.assert(
    fc.property(size, fc.double({ min: 0, max: 1, noNaN: true }), (n, p) => {
      let [total, mean] = [0, 0];
      for (let k = 0; k <= n; k++) {
        const probability = Math.exp(binomialLogPmf(n, p, k));
        total += probability;
        mean += k * probability;
      }
      expect(total).toBeCloseTo(1, 11);
      expect(mean / n).toBeCloseTo(p, 11);
    }),
  );
});

test("certain and impossible counts", () => {
  expect(binomialLogPmf(5, 0, 0)).toBe(-0);
  expect(binomialLogPmf(5, 1, 5)).toBe(0);
  for (const [p, k] of [
    [0, 1],
    [0, 5],
    [1, 0],
    [1, 4],
    [0.5, -1],
    [0.5, 6],
  ] as const) {
    expect(binomialLogPmf(5, p, k)).toBe(-Infinity);
  }
});
