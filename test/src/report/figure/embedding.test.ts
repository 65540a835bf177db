import { describe, expect, test } from "vitest";
import { embedding } from "../../../../src/report/figure/embedding.js";

const classes = ["cat", "dog"];
const map = {
  name: "without",
  // Train: cat, dog; test: cat, dog, dog; then one without a label.
  positions: Float32Array.of(0, 0, 10, 10, 1, -1, 11, 10, 12, 10, 5, 5),
  train: [0, 1],
  test: Uint8Array.of(0, 1, 1),
  unlabeled: 1,
};
const points = (figure: { data: Record<string, unknown>[] }) =>
  figure.data.filter(({ showlegend }) => showlegend === false);
const hovers = (figure: { data: Record<string, unknown>[] }) =>
  points(figure).map(({ hovertemplate, x, y }) => [String(hovertemplate).replace("<extra></extra>", ""), x, y]);

describe("embedding", () => {
  test("points are train, test and unlabeled ones, in the order of the positions; unlabeled ones lie below", () => {
    expect(hovers(embedding({ title: "F", classes, maps: [map] }))).toEqual([
      ["unlabelled", [5], [5]],
      ["cat, train", [0], [0]],
      ["dog, train", [10], [10]],
      ["cat, test", [1], [-1]],
      ["dog, test", [11, 12], [10, 10]],
    ]);
  });

  test("a class has one colour, train and test differ in shape, unlabeled points are black", () => {
    const looks = points(embedding({ title: "F", classes, maps: [map] })).map(({ marker }) => marker);
    const [unlabeled, catTrain, dogTrain, catTest] = looks as { color: string; line?: { color: string } }[];
    expect(unlabeled!.color).toBe("#000000");
    expect(catTrain!.color).not.toBe(dogTrain!.color);
    expect(catTest).toMatchObject({ color: "#ffffff", line: { color: catTrain!.color } });
  });

  test("the legend tells shapes, only those that there are, and colours", () => {
    const legend = (figure: { data: Record<string, unknown>[] }) =>
      figure.data.filter(({ showlegend }) => showlegend !== false).map(({ name }) => name);
    expect(legend(embedding({ title: "F", classes, maps: [map] }))).toEqual([
      "train",
      "test",
      "unlabelled",
      "cat",
      "dog",
    ]);
    const labeled = { ...map, positions: map.positions.slice(0, 10), unlabeled: 0 };
    expect(legend(embedding({ title: "F", classes, maps: [labeled] }))).toEqual(["train", "test", "cat", "dog"]);
    const many = Array.from({ length: 21 }, (_, c) => `class ${c}`);
    expect(legend(embedding({ title: "F", classes: many, maps: [labeled] }))).toEqual(["train", "test"]);
  });

  test("names stand at the medians of their classes", () => {
    const { layout } = embedding({ title: "F", classes, maps: [map] });
    expect(layout.annotations).toMatchObject([
      { text: "without" },
      { text: "cat", xref: "x", x: 1, y: 0 },
      { text: "dog", xref: "x", x: 11, y: 10 },
    ]);
  });

  test("two maps have frames beside each other, or below, each with equal scales", () => {
    const maps = [map, { ...map, name: "with" }] as const;
    const beside = embedding({ title: "F", classes, maps }).layout as Record<string, { domain: number[] }>;
    expect(beside.xaxis!.domain[1]).toBeLessThan(beside.xaxis2!.domain[0]!);
    expect(beside.yaxis!.domain).toEqual(beside.yaxis2!.domain);
    expect([beside.yaxis, beside.yaxis2]).toMatchObject([{ scaleanchor: "x" }, { scaleanchor: "x2" }]);
    const below = embedding({ title: "F", classes, maps, columns: 1 }).layout as typeof beside;
    expect(below.xaxis!.domain).toEqual([0, 1]);
    expect(below.yaxis!.domain[0]).toBeGreaterThan(below.yaxis2!.domain[1]!);
  });

  test("5,000 points take less than 16 bytes each, and lose less than a pixel", () => {
    const wave = Float32Array.from({ length: 10_000 }, (_, i) => 60 * Math.sin(i * i));
    const train = Array.from({ length: 3000 }, (_, i) => i % 2);
    const figure = embedding({
      title: "F",
      classes,
      maps: [{ name: "", positions: wave, train, test: train.slice(0, 2000) }],
    });
    expect(JSON.stringify(figure).length).toBeLessThan(16 * 5000);
    const xs = points(figure)[0]!.x as number[];
    xs.forEach((x, i) => expect(Math.abs(x - wave[4 * i]!)).toBeLessThan(120 / 600));
  });

  test("refuses positions and labels that do not match", () => {
    const of = (more: object) => () => embedding({ title: "F", classes, maps: [{ ...map, ...more }] });
    expect(of({ unlabeled: 0 })).toThrow("2 train, 3 test and 0 unlabeled points, found 12 numbers");
    expect(of({ positions: [], train: [], test: [], unlabeled: 0 })).toThrow("one or more points, found none");
    expect(of({ train: [0, 2] })).toThrow("expected train to hold classes 0 to 1, found 2");
    expect(of({ positions: Float32Array.from(map.positions).fill(NaN, 3, 4) })).toThrow("found NaN at 3");
    expect(() => embedding({ title: "F", classes, maps: [] as never })).toThrow("one or two maps, found 0");
    expect(() => embedding({ title: "F", classes, maps: [map], columns: 3 as never })).toThrow("1 or 2 (got 3)");
    expect(() => embedding({ title: "F", classes, map: [map] } as never)).toThrow("Did you mean maps?");
  });
});
