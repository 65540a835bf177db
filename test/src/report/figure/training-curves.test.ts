import { describe, expect, test } from "vitest";
import { trainingCurves } from "../../../../src/report/figure/training-curves.js";

const runs = [
  { name: "CE", loss: [3, 2, 1], error: [0.5, null, 0.3] },
  { name: "CE", loss: [5, 2, 1], error: [0.7, null, 0.3] },
  { name: "SSP", loss: [2, 1, 0.5], error: [0.4, 0.3, 0.2] },
];
const curves = (figure: { data: Record<string, unknown>[] }, axis: string) =>
  figure.data.filter(({ yaxis, name }) => yaxis === axis && name !== undefined);

describe("trainingCurves", () => {
  test("repetitions are their mean in a band of one standard deviation, over epochs done", () => {
    const figure = trainingCurves({ title: "Finding", detail: "CIFAR-10-LT", runs });
    expect(curves(figure, "y")).toMatchObject([
      { name: "CE", x: [1, 2, 3], y: [4, 2, 1] },
      { name: "SSP", x: [1, 2, 3], y: [2, 1, 0.5] },
    ]);
    const [low, high] = figure.data as unknown as { y: number[] }[];
    expect([low!.y[0], high!.y[0]]).toEqual([2.5858, 5.4142]); // 4 ± √2
    expect((figure.layout.title as { text: string }).text).toContain("bands: one standard deviation over runs");
  });

  test("epochs without evaluation are no gaps, and both panels show the same epochs", () => {
    const figure = trainingCurves({ title: "Finding", runs });
    expect(curves(figure, "y2")).toMatchObject([
      { x: [1, 3], y: [0.6, 0.3] },
      { x: [1, 2, 3], y: [0.4, 0.3, 0.2] },
    ]);
    expect(figure.layout.xaxis).toMatchObject({ range: [0, 3] });
    expect(figure.layout.xaxis2).toMatchObject({ range: [0, 3] });
  });

  test("each method stands once in the legend", () => {
    const { data } = trainingCurves({ title: "Finding", runs });
    expect(data.filter(({ showlegend }) => showlegend !== false).map(({ name }) => name)).toEqual(["CE", "SSP"]);
  });

  test("milestones cross both panels, and the detail says what they are", () => {
    const { layout } = trainingCurves({ title: "Finding", runs: [runs[2]!], milestones: [2] });
    expect(layout.shapes).toMatchObject([
      { x0: 2, x1: 2, yref: "y domain" },
      { x0: 2, x1: 2, yref: "y2 domain" },
    ]);
    const { text } = layout.title as { text: string };
    expect(text).toContain("dotted: the learning rate falls");
    expect(text).not.toContain("bands");
  });

  test("a loss that is no number is left out", () => {
    const [loss] = trainingCurves({ title: "F", runs: [{ name: "a", loss: [1, NaN], error: [0.1, 0.9] }] }).data;
    expect(loss).toMatchObject({ x: [1], y: [1] });
  });

  test("refuses what would draw nonsense", () => {
    const one = { name: "a", loss: [1, 2], error: [0.1, 0.2] };
    expect(() => trainingCurves({ title: "F", runs: [] })).toThrow("expected one or more runs, found none");
    expect(() => trainingCurves({ title: "F", runs: [{ ...one, error: [0.1] }] })).toThrow("found 2 and 1");
    expect(() => trainingCurves({ title: "F", runs: [{ ...one, error: [0.1, 20] }] })).toThrow("(got 20)");
    const shorter = { name: "a", loss: [1], error: [0.1] };
    expect(() => trainingCurves({ title: "F", runs: [one, shorter] })).toThrow("expected runs of equal length");
    expect(() => trainingCurves({ title: "F", runs: [one], milestone: [1] } as never)).toThrow("mean milestones?");
  });
});
