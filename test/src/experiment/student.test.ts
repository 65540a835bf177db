import { expect, test } from "vitest";
import { studentP, studentQuantile } from "../../../src/experiment/student.js";

/** Of printed tables: two-sided 5 % and 1 % points, by degrees of freedom. */
const FIVE = {
  1: 12.706,
  2: 4.303,
  3: 3.182,
  4: 2.776,
  5: 2.571,
  9: 2.262,
  10: 2.228,
  19: 2.093,
  20: 2.086,
  30: 2.042,
  120: 1.98,
};
const ONE = { 1: 63.657, 2: 9.925, 3: 5.841, 4: 4.604, 7: 3.499, 10: 3.169, 30: 2.75, 120: 2.617 };

test.each([
  [0.05, FIVE],
  [0.01, ONE],
])("the quantiles of %f are those of printed tables", (p, table) => {
  for (const [freedom, t] of Object.entries(table)) {
    expect(studentQuantile(p, Number(freedom))).toBeCloseTo(t, 3);
    expect(studentP(-studentQuantile(p, Number(freedom)), Number(freedom))).toBeCloseTo(p, 12);
  }
});

test("one and two degrees of freedom have closed forms; nothing is farther than 0", () => {
  for (const t of [0.1, 1, 7]) {
    expect(studentP(t, 1)).toBeCloseTo(1 - (2 / Math.PI) * Math.atan(t), 12);
    expect(studentP(t, 2)).toBeCloseTo(1 - t / Math.sqrt(2 + t * t), 12);
  }
  for (const freedom of [1, 2, 3, 8]) expect(studentP(0, freedom)).toBe(1);
  for (let t = 10; t < 1e17; t *= 1.3)
    for (let freedom = 1; freedom < 12; freedom++) expect(studentP(t, freedom)).toBeGreaterThanOrEqual(0);
});

/** 2 * scipy.stats.t.sf(t, freedom) */
test.each([
  [10, 4, 0.000562003622715991],
  [1e4, 3, 2.20531550229581e-12],
  [1e4, 4, 5.999999600000023e-16],
  [30, 24, 1.5383438950555415e-20],
  [30, 99, 1.7008499117282118e-51],
  [1e8, 9, 5.09179407421402e-69],
  [10, 999, 1.6708218826871294e-22],
])("the tail beyond %d of %d degrees of freedom has its digits, however thin it is", (t, freedom, p) => {
  expect(studentP(t, freedom) / p).toBeCloseTo(1, 9);
});

test("an infinite distance has no tail", () => {
  for (const freedom of [1, 2, 30]) expect(studentP(Infinity, freedom)).toBe(0);
});
