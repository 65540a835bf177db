import { describe, expect, it } from "vitest";
import { effect, undecidedTogether } from "../../../src/experiment/index.js";

const of = (values: number[], more: object = {}) => effect({ claim: "c", from: "f", values, ...more });

describe("effect", () => {
  it("has the mean and half the 95 % interval of Student's t", () => {
    // scipy.stats.t.interval(0.95, 4, 3, scipy.stats.sem([1, 2, 3, 4, 5])): (1.0367568, 4.9632432)
    expect(of([1, 2, 3, 4, 5])).toMatchObject({ n: 5, mean: 3, verdict: "holds" });
    expect(of([1, 2, 3, 4, 5]).half).toBeCloseTo(1.9632432, 7);
    const many = Array.from({ length: 25 }, (_, i) => i);
    expect(of(many).half).toBeCloseTo((2.0639 * Math.sqrt(325 / 6)) / 5, 3);
  });

  it("decides only where the interval leaves 0 out, of three seeds or more", () => {
    expect(of([1, 1.1, 0.9]).verdict).toBe("holds");
    expect(of([-1, -1.1, -0.9]).verdict).toBe("does not hold");
    expect(of([-1, -1.1, -0.9], { expects: "below" }).verdict).toBe("holds");
    expect(of([1, -1, 0.5]).verdict).toBe("undecided");
    expect(of([5, 5.01]).verdict).toBe("undecided");
    expect(of([5])).toMatchObject({ verdict: "undecided", half: NaN });
  });

  it("takes equal numbers, but for rounding, for no measure of how far seeds lie apart", () => {
    for (const values of [
      [1, 1, 1],
      [0, 0, 0],
      [0.3, 0.1 + 0.2, 0.3, 0.3],
      [-2, -2],
    ])
      expect(of(values)).toMatchObject({ verdict: "undecided", half: NaN, p: NaN });
    expect(of([1, 1, 1.001]).verdict).toBe("holds");
    const [sure, flat] = [of([1, 2, 3, 4, 5]), of([1, 1, 1])];
    expect(undecidedTogether([sure, flat, flat, flat])).toEqual([]);
  });

  it("refuses no values, and what is no number", () => {
    expect(() => of([])).toThrow("effect: values must be an array of one or more finite numbers (got [])");
    expect(() => of([1, NaN])).toThrow("finite numbers");
  });

  it("says what several at once leave undecided, as Holm does", () => {
    // p: 0.0011, 0.0132, 0.0459; three at once have to be below 0.0167, 0.025, 0.05
    const three = [of([2, 2.5, 3, 3.5, 4]), of([1, 2, 3, 4, 5]), of([1, 1, 2, 5, 6])];
    expect(undecidedTogether(three)).toEqual([]);
    // With one more that is not sure, 0.0132 still is below 0.0167, 0.0459 not below 0.025.
    const open = of([1, -1, 2, 0, 1]);
    expect(undecidedTogether([...three, open])).toEqual([three[2]]);
    expect(undecidedTogether([open])).toEqual([]);
    // In whatever order they are named.
    expect(undecidedTogether([three[2]!, open, three[1]!, three[0]!])).toEqual([three[2]]);
    // Three runs are of the family: p 0.021, which would have to be below 0.0167.
    const [few, unsure] = [of([3, 4, 5]), of([1, -1, 0.5])];
    expect(undecidedTogether([few, unsure, unsure])).toEqual([few]);
    // Not even the surest, whose p of 0.0132 would have to be below 0.01.
    const surest = of([1, 2, 3, 4, 5]);
    expect(undecidedTogether([open, open, surest, open, open])).toEqual([surest]);
    // Two runs decide nothing, and are no member of the family.
    expect(undecidedTogether([...three, of([1, 2])])).toEqual([]);
  });
});
