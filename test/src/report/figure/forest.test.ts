import { describe, expect, test } from "vitest";
import { forest } from "../../../../src/report/figure/forest.js";

const effects = [
  { group: "CIFAR-10-LT", name: "ρ = 100", mean: -3.14, interval: [-3.9, -2.44], n: 5 },
  { group: "CIFAR-10-LT", name: "ρ = 10", mean: -0.04, interval: [-0.7, 0.3], n: 5 },
  { group: "Stickers-LT", name: "one run", mean: 1.25, n: 1 },
] as const;
const x = { title: "difference" };
const figure = forest({ title: "Finding", x, effects });
const texts = ({ layout }: { layout: Record<string, unknown> }) =>
  (layout.annotations as { text: string; y: number }[]).map(({ text }) => text);

describe("forest", () => {
  test("each effect has its name and numbers, under headings of groups", () => {
    expect(texts(figure)).toEqual([
      "<b>CIFAR-10-LT</b>",
      "ρ\u00a0=\u00a0100",
      "−3.1 [−3.9, −2.4], n = 5",
      "ρ\u00a0=\u00a010",
      "0.0 [−0.7, 0.3], n = 5",
      "<b>Stickers-LT</b>",
      "one run",
      "1.3, n = 1",
    ]);
    expect(texts(forest({ title: "F", x, effects, decimals: 2 }))).toContain("−0.04 [−0.70, 0.30], n = 5");
  });

  test("intervals on either side of no effect, those that hold it, and none differ in shape", () => {
    expect(figure.data).toMatchObject([
      { x: [-3.14], marker: { symbol: "diamond" }, error_x: { array: [0.7], arrayminus: [0.76] } },
      { x: [-0.04], marker: { symbol: "circle-open" }, error_x: { array: [0.34], arrayminus: [0.66] } },
      { x: [1.25], marker: { symbol: "x-thin-open" } },
    ]);
    expect(figure.data[2]).not.toHaveProperty("error_x");
    const other = forest({ title: "F", x, effects, reference: -3 });
    expect(other.data[0]).toMatchObject({ x: [-0.04], marker: { symbol: "square" } });
    expect(other.layout.shapes).toMatchObject([{ x0: -3, x1: -3 }]);
  });

  test("effects stand from the top down, each below its text, and the figure is as high as all of them", () => {
    const ys = figure.data.flatMap(({ y }) => y as number[]);
    expect(ys).toEqual([...ys].sort((a, b) => b - a));
    const labels = (figure.layout.annotations as { y: number }[]).map(({ y }) => y);
    expect(ys[0]).toBeLessThan(labels[2]!);
    expect(ys[0]).toBeGreaterThan(labels[3]!);
    const { range } = figure.layout.yaxis as { range: number[] };
    expect(range[0]).toBeLessThan(ys[2]!);
    const { t, b } = figure.layout.margin as { t: number; b: number };
    expect(figure.layout.height).toBe(t + b - range[0]!);
  });

  test("the axis shows all intervals and no effect, unless it has a range of its own", () => {
    expect(figure.layout.xaxis).toMatchObject({ range: [-4.415, 1.765] });
    expect(forest({ title: "F", x: { ...x, range: [-5, 5] }, effects }).layout.xaxis).toMatchObject({ range: [-5, 5] });
    expect(forest({ title: "F", x, effects: effects.slice(0, 1) }).layout.xaxis).toMatchObject({
      range: [-4.29, 0.39],
    });
  });

  test("sides say what left and right mean", () => {
    expect(texts(forest({ title: "F", x, effects, sides: ["better", "worse"] })).slice(0, 2)).toEqual([
      "← better",
      "worse →",
    ]);
  });

  test("refuses what is no effect", () => {
    const of = (more: object) => () => forest({ title: "F", x, effects: [{ name: "a", mean: 1, n: 5, ...more }] });
    expect(of({ mean: NaN })).toThrow('"a": expected a finite mean, found NaN');
    expect(of({ interval: [2, 3] })).toThrow("expected an interval around 1, found 2 to 3");
    expect(of({ n: 0 })).toThrow("expected n to be an integer >= 1, found 0");
    expect(() => forest({ title: "F", x, effects: [] })).toThrow("one or more effects, found none");
    expect(() => forest({ title: "F", x: { ...x, log: true }, effects })).toThrow("not logarithmic");
    expect(() => forest({ title: "F", x, effects, side: [] } as never)).toThrow("Did you mean sides?");
  });
});
