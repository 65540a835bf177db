import fc from "fast-check";
import { expect, test } from "vitest";
import { normalCdf, normalLogSf, normalLogWithin, normalPdf, normalSf } from "../../../src/theory/normal.js";
import { expectEqual, reference } from "./reference.js";

test.each(reference.primitives.normalCdf)("Phi($x) and its mirror image", ({ x, p }) => {
  expectEqual(normalCdf(x), p);
  expectEqual(normalSf(-x), p);
});

test.each(reference.primitives.normalLogSf)("log P(Z > $x)", ({ x, logSf }) => {
  expectEqual(normalLogSf(x), logSf);
});

test("the density is the derivative of the distribution function", () => {
  for (const x of [-3, -1, 0, 0.5, 2]) {
    const h = 1e-4;
    expectEqual((normalCdf(x + h) - normalCdf(x - h)) / (2 * h), normalPdf(x), 1e-7);
  }
});

test("an interval's probability is the difference of the tails where those do not cancel", () => {
  fc.assert(
    fc.property(fc.double({ min: -6, max: 6, noNaN: true }), fc.double({ min: 0.05, max: 8, noNaN: true }), (z, h) => {
      const expected = z < 0 ? normalCdf(z + h) - normalCdf(z - h) : normalSf(z - h) - normalSf(z + h);
      expectEqual(Math.exp(normalLogWithin(z, h)), expected, 1e-8);
    }),
  );
});

test("narrow intervals: both forms agree where they meet, and tend to density times width", () => {
  for (const z of [0, 0.3, 2, 5, 20, 35]) {
    expect(normalLogWithin(z, 0.99999e-4)).toBeCloseTo(normalLogWithin(z, 1.00001e-4) - 2e-5, 8);
    expect(normalLogWithin(z, 1e-9)).toBeCloseTo(Math.log(2e-9) - (z * z) / 2 - Math.log(2 * Math.PI) / 2, 10);
  }
});
