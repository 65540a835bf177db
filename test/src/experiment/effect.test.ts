import { describe, expect, it } from "vitest";
import { effect } from "../../../src/experiment/index.js";

const of = (values: number[], more: object = {}) => effect({ claim: "c", from: "f", values, ...more });

describe("effect", () => {
  it("has the mean and half the 95 % interval of Student's t", () => {
    // scipy.stats.t.interval(0.95, 4, 3, scipy.stats.sem([1, 2, 3, 4, 5])): (1.0367568, 4.9632432)
    expect(of([1, 2, 3, 4, 5])).toMatchObject({ n: 5, mean: 3, verdict: "holds" });
    expect(of([1, 2, 3, 4, 5]).half).toBeCloseTo(1.9632432, 3);
    // of 25 values, t is that of 20 degrees of freedom, 2.086: wider than 2.064
    const many = Array.from({ length: 25 }, (_, i) => i);
    expect(of(many).half).toBeCloseTo((2.086 * Math.sqrt(325 / 6)) / 5, 6);
  });

  it("decides only where the interval leaves 0 out, of three seeds or more", () => {
    expect(of([1, 1.1, 0.9]).verdict).toBe("holds");
    expect(of([-1, -1.1, -0.9]).verdict).toBe("does not hold");
    expect(of([-1, -1.1, -0.9], { expects: "below" }).verdict).toBe("holds");
    expect(of([1, -1, 0.5]).verdict).toBe("undecided");
    expect(of([5, 5.01]).verdict).toBe("undecided");
    expect(of([5])).toMatchObject({ verdict: "undecided", half: NaN });
    expect(of([0, 0, 0]).verdict).toBe("undecided");
  });

  it("refuses no values, and what is no number", () => {
    expect(() => of([])).toThrow("effect: values must be an array of one or more finite numbers (got [])");
    expect(() => of([1, NaN])).toThrow("finite numbers");
  });
});
