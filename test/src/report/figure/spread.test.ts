import { describe, expect, test } from "vitest";
import { spread } from "../../../../src/report/figure/spread.js";

describe("spread", () => {
  test("mean and standard deviation of n - 1, position by position", () => {
    const { mean, deviation } = spread("f", [
      [2, 1],
      [4, 1],
      [4, 1],
      [6, 1],
    ]);
    expect(mean).toEqual([4, 1]);
    expect(deviation[0]).toBeCloseTo(Math.sqrt(8 / 3), 12);
    expect(deviation[1]).toBe(0);
  });

  test("one run has no deviation; a number that one run lacks is missing", () => {
    expect(spread("f", [[1, 2]])).toEqual({ mean: [1, 2], deviation: [null, null] });
    expect(spread("f", [[1, null, NaN], [3, 4, 5]])).toEqual({ mean: [2, null, null], deviation: [Math.SQRT2, null, null] }); // prettier-ignore
  });

  test("refuses no runs and runs of different lengths", () => {
    expect(() => spread("f", [])).toThrow("f: expected one or more runs, found none");
    expect(() => spread("f", [[1, 2], [1, 2], [1]])).toThrow("found 2 numbers in run 0 and 1 in run 2");
  });
});
