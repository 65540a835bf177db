import gammainc from "@stdlib/math-base-special-gammainc";
import { describe, expect, test } from "vitest";
import { stream } from "../../../src/random/index.js";
import { kolmogorov, kolmogorovLimit } from "./goodness.js";

describe.each([0.05, 0.5, 1, 1.5, 7, 150])("gamma(%d)", (shape) => {
  test("follows the gamma distribution", () => {
    const s = stream(31, "gamma");
    const sample = Float64Array.from({ length: 50_000 }, () => s.gamma(shape));
    // @stdlib's incomplete gamma is exact to 1e-13 for shapes up to 200 (not above: see src/theory/gamma.ts).
    expect(kolmogorov(sample, (x) => gammainc(x, shape))).toBeLessThan(kolmogorovLimit);
  });
});

test.each([0.5, 3, 1e3, 1e6, 1e12])("gamma(%d) has mean and variance equal to its shape", (shape) => {
  const s = stream(32, "moments");
  const n = 200_000;
  let mean = 0;
  let square = 0;
  for (let i = 0; i < n; i++) {
    const z = (s.gamma(shape) - shape) / Math.sqrt(shape);
    mean += z / n;
    square += (z * z) / n;
  }
  expect(Math.abs(mean)).toBeLessThan(5 / Math.sqrt(n));
  // Var z^2 = 2 + 6 / shape.
  expect(Math.abs(square - 1)).toBeLessThan(5 * Math.sqrt((2 + 6 / shape) / n));
});

test("chiSquare(df) is twice a gamma of df / 2", () => {
  expect(stream(3).chiSquare(9)).toBe(2 * stream(3).gamma(4.5));
});

test("a shape that is not a positive finite number is refused", () => {
  for (const shape of [0, -1, NaN, Infinity]) {
    expect(() => stream(1).gamma(shape)).toThrow(`shape must be a finite number > 0 (got ${shape})`);
  }
});
