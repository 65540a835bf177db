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
