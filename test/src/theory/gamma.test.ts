import gammainc from "@stdlib/math-base-special-gammainc";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chiSquareLogCdf, chiSquareLogSf, logGammaP, logGammaQ } from "../../../src/theory/gamma.js";
import { expectEqual, reference, relativeError } from "./reference.js";

test.each(reference.primitives.chi2)("chi-square with $df degrees of freedom at $x", (cell) => {
  expectEqual(chiSquareLogCdf(cell.df, cell.x), cell.logCdf);
  expectEqual(chiSquareLogSf(cell.df, cell.x), cell.logSf);
  expectEqual(Math.exp(chiSquareLogCdf(cell.df, cell.x)), cell.cdf);
  expectEqual(Math.exp(chiSquareLogSf(cell.df, cell.x)), cell.sf);
});

describe("shapes from 1/2 to 1e6, 30 standard deviations to both sides", () => {
  test.each(reference.primitives.gamma)("shape $a at $x", ({ a, x, logP, logQ }) => {
    // As probabilities: an absolute 1e-9 of the logarithm is a relative 1e-9 of the probability.
    expect(Math.abs(logGammaP(a, x) - logP)).toBeLessThan(1e-9);
    expect(Math.abs(logGammaQ(a, x) - logQ)).toBeLessThan(1e-9);
    // As logarithms: the one near 0 stands for the other tail's probability, down to the smallest normal double.
    if (logP < -1e-300) expectEqual(logGammaP(a, x), logP);
    if (logQ < -1e-300) expectEqual(logGammaQ(a, x), logQ);
  });
});

test("agrees with @stdlib's incomplete gamma where that is right: up to shape 200", () => {
  const shape = fc.double({ min: 0.1, max: 200, noNaN: true });
  fc.assert(
    fc.property(shape, fc.double({ min: 0.05, max: 4, noNaN: true }), (a, ratio) => {
      const x = a * ratio;
      expectEqual(Math.exp(logGammaP(a, x)), gammainc(x, a, true, false), 1e-11);
      expectEqual(Math.exp(logGammaQ(a, x)), gammainc(x, a, true, true), 1e-11);
    }),
  );
});

test("@stdlib's is not usable at the shapes that Theorem 3 needs, which is why there is code of our own", () => {
  const cell = reference.primitives.chi2.find(({ df, x }) => df === 9000 && x === 9000)!;
  expect(relativeError(gammainc(cell.x / 2, cell.df / 2, true, true), cell.sf)).toBeGreaterThan(0.01);
});

test("the two tails add up to 1, and P grows with x", () => {
  const shape = fc.double({ min: 0.01, max: 1e5, noNaN: true });
  fc.assert(
    fc.property(shape, fc.double({ min: -8, max: 8, noNaN: true }), (a, z) => {
      const x = Math.max(0, a + z * Math.sqrt(a));
      expect(Math.exp(logGammaP(a, x)) + Math.exp(logGammaQ(a, x))).toBeCloseTo(1, 12);
      expect(logGammaP(a, x * 1.01 + 0.01)).toBeGreaterThanOrEqual(logGammaP(a, x));
    }),
  );
});

test("the ends of the range", () => {
  expect(logGammaP(3, 0)).toBe(-Infinity);
  expect(logGammaQ(3, 0)).toBe(0);
  expect(logGammaQ(1, 5000)).toBe(-5000);
});
