import { describe, expect, test } from "vitest";
import { confusionMatrix } from "../../../../src/eval/index.js";
import { confusionPair } from "../../../../src/report/figure/confusion-pair.js";

const classes = ["cat", "dog", "fox"];
const matrix = (counts: number[][]) => ({ classes, counts });
const before = matrix([[8, 2, 0], [30, 10, 0], [1, 1, 2]]); // prettier-ignore
const after = matrix([[9, 1, 0], [10, 30, 0], [2, 0, 2]]); // prettier-ignore
const maps = (figure: { data: Record<string, unknown>[] }) =>
  figure.data.filter(({ type }) => type === "heatmap").map(({ z }) => z as (number | null)[][]);

describe("confusionPair", () => {
  test("rows are shares of the true class, the third map is the difference in points", () => {
    const [first, second, difference] = maps(confusionPair({ title: "F", before, after }));
    expect(first).toEqual([[0.8, 0.2, 0], [0.75, 0.25, 0], [0.25, 0.25, 0.5]]); // prettier-ignore
    expect(second).toEqual([[0.9, 0.1, 0], [0.25, 0.75, 0], [0.5, 0, 0.5]]); // prettier-ignore
    expect(difference).toEqual([[10, -10, 0], [-50, 50, 0], [25, -25, 0]]); // prettier-ignore
  });

  test("both maps share their colours, and the difference has its middle at 0", () => {
    const { data, layout } = confusionPair({ title: "F", before, after });
    expect(data.slice(0, 3).map(({ coloraxis }) => coloraxis)).toEqual(["coloraxis", "coloraxis", "coloraxis2"]);
    expect(layout.coloraxis).toMatchObject({ cmin: 0, cmax: 1 });
    expect(layout.coloraxis2).toMatchObject({ cmin: -50, cmax: 50 });
  });

  test("differences are written into their cells, with signs", () => {
    const { data } = confusionPair({ title: "F", before, after });
    expect(data[3]).toMatchObject({
      mode: "text",
      x: [0, 1, 0, 1, 0, 1],
      y: [0, 0, 1, 1, 2, 2],
      text: ["+10", "−10", "−50", "+50", "+25", "−25"],
    });
  });

  test("with training images, classes stand head to tail: rows and columns", () => {
    const figure = confusionPair({ title: "F", before, after, images: [5, 500, 50] });
    expect(maps(figure)[0]).toEqual([[0.25, 0, 0.75], [0.25, 0.5, 0.25], [0.2, 0, 0.8]]); // prettier-ignore
    expect(figure.layout.xaxis).toMatchObject({ ticktext: ["dog", "fox", "cat"] });
    expect(figure.layout.yaxis).toMatchObject({ ticktext: ["dog", "fox", "cat"], autorange: "reversed" });
  });

  test("panels say what they are of and how many images are right", () => {
    const { layout } = confusionPair({ title: "F", before, after, names: ["CE", "CE + SSP"] });
    const texts = (layout.annotations as { text: string }[]).map(({ text }) => text);
    expect(texts).toEqual(["CE<br>37.0 % right", "CE + SSP<br>75.9 % right", "CE + SSP − CE"]); // 20 and 41 of 54
  });

  test("takes a ConfusionMatrix; a class without images is a hole in all maps", () => {
    const found = confusionMatrix([0, 0, 1], [0, 1, 1], { classes });
    for (const map of maps(confusionPair({ title: "F", before: found, after: found }))) {
      expect(map[2]).toEqual([null, null, null]);
    }
  });

  test("many classes have no numbers and few names", () => {
    const many = Array.from({ length: 100 }, (_, c) => `class ${c}`);
    const counts = many.map((_, i) => many.map((_, j) => (i === j ? 1 : 0)));
    const { data, layout } = confusionPair({ title: "F", before: { classes: many, counts }, after: { classes: many, counts } }); // prettier-ignore
    expect(data).toHaveLength(3);
    expect((layout.xaxis as { ticktext: string[] }).ticktext).toHaveLength(10);
  });

  test("takes a thousand classes", () => {
    const many = Array.from({ length: 1000 }, (_, c) => `class ${c}`);
    const counts = many.map((_, i) => many.map((_, j) => (i === j ? 1 : 0)));
    const shifted = many.map((_, i) => many.map((_, j) => (j === (i + 1) % 1000 ? 1 : 0)));
    const { layout } = confusionPair({ title: "F", before: { classes: many, counts }, after: { classes: many, counts: shifted } }); // prettier-ignore
    expect(layout.coloraxis2).toMatchObject({ cmin: -100, cmax: 100 });
  });

  test("refuses other classes and what is no matrix", () => {
    const renamed = { classes: ["a", "b", "c"], counts: after.counts };
    expect(() => confusionPair({ title: "F", before, after: renamed })).toThrow("found cat, dog, fox and a, b, c");
    expect(() => confusionPair({ title: "F", before, after: matrix([[1]]) })).toThrow(TypeError);
    expect(() => confusionPair({ title: "F", before, after, images: [1, 2] })).toThrow(
      "each of 3 classes, found [1,2]",
    );
    expect(() => confusionPair({ title: "F", before, after, image: [1] } as never)).toThrow("Did you mean images?");
  });
});
