import { describe, expect, test } from "vitest";
import { classGains } from "../../../../src/report/figure/class-gains.js";

const base = { title: "Finding", classes: ["cat", "dog", "fox"], images: [50, 5000, 500] };
const figure = classGains({ ...base, before: [[0.2, 0.9, 0.6]], after: [[0.5, 0.88, 0.6]] });
const named = ({ data }: { data: Record<string, unknown>[] }, name: string) => data.find((one) => one.name === name)!;

describe("classGains", () => {
  test("classes stand head to tail, over their training images", () => {
    expect(named(figure, "before")).toMatchObject({ x: [1, 2, 3], y: [0.9, 0.6, 0.2], text: ["dog", "fox", "cat"] });
    expect(named(figure, "after")).toMatchObject({ y: [0.88, 0.6, 0.5] });
    expect(figure.data.find(({ type }) => type === "bar")).toMatchObject({
      y: [5000, 500, 50],
      text: ["5,000", "500", "50"],
    });
    expect(figure.layout.xaxis2).toMatchObject({ ticktext: ["dog", "fox", "cat"] });
    expect(figure.layout.yaxis2).toMatchObject({ type: "log", range: [1, 4.199] }); // log10 5000 + 0.5
  });

  test("gains are written out, in points", () => {
    expect(figure.data.find(({ mode }) => mode === "text")).toMatchObject({ text: ["−2", "±0", "+30"] });
  });

  test("one run has no bars; several have their mean and one standard deviation", () => {
    expect(named(figure, "before")).not.toHaveProperty("error_y");
    const several = classGains({
      ...base,
      before: [[0.1, 0.9, 0.6], [0.3, 0.9, 0.6]], // prettier-ignore
      after: [[0.5, 0.88, 0.6]],
      names: ["CE", "SSP"],
    });
    expect(named(several, "CE")).toMatchObject({ y: [0.9, 0.6, 0.2], error_y: { array: [0, 0, 0.141] } });
    expect(named(several, "SSP")).not.toHaveProperty("error_y");
    expect((several.layout.title as { text: string }).text).toContain("bars: one standard deviation over runs");
    expect((figure.layout.title as { text: string }).text).not.toContain("bars");
  });

  test("both looks differ in more than colour", () => {
    const [before, after] = ["before", "after"].map((name) => named(figure, name).marker as Record<string, string>);
    expect(before!.symbol).not.toBe(after!.symbol);
  });

  test("a class without test images has no point and no gain", () => {
    const holed = classGains({ ...base, before: [[null, 0.9, 0.6]], after: [[null, 0.9, 0.6]] });
    expect(named(holed, "after")).toMatchObject({ y: [0.9, 0.6, null] });
    expect(holed.data.find(({ mode }) => mode === "text")).toMatchObject({ text: ["±0", "±0", ""] });
  });

  test("a hundred classes have neither names nor numbers", () => {
    const classes = Array.from({ length: 100 }, (_, c) => `class ${c}`);
    const all = classes.map(() => 0.5);
    const many = classGains({ title: "F", classes, images: all.map(() => 10), before: [all], after: [all] });
    expect(many.layout.xaxis2).not.toHaveProperty("ticktext");
    expect(many.data.some(({ mode }) => mode === "text")).toBe(false);
  });

  test("refuses what is no accuracy of each class", () => {
    const after = [[0.5, 0.5, 0.5]];
    expect(() => classGains({ ...base, before: [[0.5, 0.5]], after })).toThrow("in before[0], found 2");
    expect(() => classGains({ ...base, before: [[50, 90, 60]], after })).toThrow("(got 50 in before[0])");
    expect(() => classGains({ ...base, before: [], after })).toThrow("one or more runs, found none");
    expect(() => classGains({ ...base, images: [1, NaN, 3], before: after, after })).toThrow("images to be one number");
    expect(() => classGains({ ...base, before: after, after, name: [] } as never)).toThrow("Did you mean names?");
  });
});
