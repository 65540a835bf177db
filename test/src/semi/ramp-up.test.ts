import { expect, test } from "vitest";
import { rampUp } from "../../../src/semi/ramp-up.js";

test("grows from exp(-5) to 1 over its length, and stays there", () => {
  expect(rampUp(0, 200)).toBeCloseTo(Math.exp(-5), 15);
  expect(rampUp(50, 200)).toBeCloseTo(Math.exp(-5 * 0.75 ** 2), 15);
  expect(rampUp(100, 200)).toBeCloseTo(Math.exp(-1.25), 15);
  expect([200, 201, 1e9].map((done) => rampUp(done, 200))).toEqual([1, 1, 1]);
  const grown = Array.from({ length: 201 }, (_, i) => rampUp(i, 200));
  grown.slice(1).forEach((value, i) => expect(value).toBeGreaterThan(grown[i]!));
});

test("without a length, there is no ramp", () => {
  expect([0, 1].map((done) => rampUp(done, 0))).toEqual([1, 1]);
});
