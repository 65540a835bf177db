import { describe, expect, test } from "vitest";
import { heatmap } from "../../../../src/report/figure/heatmap.js";
import { lines } from "../../../../src/report/figure/lines.js";
import { multiples } from "../../../../src/report/figure/multiples.js";

const panel = (title: string, y = "P") =>
  lines({
    title,
    x: { title: "n" },
    y: { title: y },
    series: [
      { name: "bound", x: [1], y: [1] },
      { name: "exact", x: [1], y: [1] },
    ],
    references: [{ y: 0 }],
    notes: [{ x: 1, y: 1, text: "note" }],
  });
const panels = [panel("one"), panel("two"), panel("three")];

describe("multiples", () => {
  test("each panel has axes of its own that do not overlap others", () => {
    const { data, layout } = multiples({ title: "All", panels });
    expect(data.map(({ xaxis, yaxis }) => [xaxis, yaxis])).toEqual([
      ["x", "y"],
      ["x", "y"],
      ["x2", "y2"],
      ["x2", "y2"],
      ["x3", "y3"],
      ["x3", "y3"],
    ]);
    const [left, right] = [layout.xaxis, layout.xaxis2].map((axis) => (axis as { domain: [number, number] }).domain);
    expect(left?.[1]).toBeLessThan(right?.[0] ?? 0);
    const [above, below] = [layout.yaxis, layout.yaxis3].map((axis) => (axis as { domain: [number, number] }).domain);
    expect(below?.[1]).toBeLessThan(above?.[0] ?? 0);
  });

  test("a name stands once in the legend", () => {
    const { data } = multiples({ title: "All", panels });
    expect(data.filter(({ showlegend }) => showlegend !== false).map(({ name }) => name)).toEqual(["bound", "exact"]);
  });

  test("titles that all panels share stand at the left and at the bottom only", () => {
    const { layout } = multiples({ title: "All", panels });
    const title = (axis: string) => (layout[axis] as { title: { text: string } }).title.text;
    expect(["yaxis", "yaxis2", "yaxis3"].map(title)).toEqual(["P", "", "P"]);
    expect(["xaxis", "xaxis2", "xaxis3"].map(title)).toEqual(["", "n", "n"]);
    const mixed = multiples({ title: "All", panels: [panel("one"), panel("two", "Q")] }).layout;
    expect((mixed.yaxis2 as { title: { text: string } }).title.text).toBe("Q");
  });

  test("panels that share a colour bar have one a row, others one each", () => {
    const values = [1, 2];
    const map = (range: [number, number]) =>
      heatmap({ title: "m", x: { title: "a", values }, y: { title: "b", values }, z: [[1, 2], [3, 4]], zTitle: "P", range }); // prettier-ignore
    const bars = (ranges: [number, number][]) =>
      multiples({ title: "All", panels: ranges.map(map) }).data.map(({ showscale }) => showscale !== false);
    expect(bars([[0, 5], [0, 5]])).toEqual([false, true]); // prettier-ignore
    expect(bars([[0, 5], [0, 5], [0, 5], [0, 5]])).toEqual([false, true, false, true]); // prettier-ignore
    expect(bars([[0, 5], [0, 6]])).toEqual([true, true]); // prettier-ignore
    expect(bars([[0, 5], [0, 5], [0, 5]])).toEqual([true, true, true]); // prettier-ignore
  });

  test("marks move with their panels, panel titles stand above them", () => {
    const { layout } = multiples({ title: "All", panels });
    expect(layout.shapes).toMatchObject([
      { xref: "x domain", yref: "y" },
      { xref: "x2 domain", yref: "y2" },
      { xref: "x3 domain", yref: "y3" },
    ]);
    const texts = (layout.annotations as { text: string; xref: string }[]).map(({ text, xref }) => [
      text.replace(/<[^>]*>/g, ""),
      xref,
    ]);
    expect(texts).toContainEqual(["note", "x3"]);
    expect(texts).toContainEqual(["three", "paper"]);
  });

  test("colour bars stand beside their maps", () => {
    const axis = { title: "a", values: [1, 2] };
    const map = (most: number) =>
      heatmap({ title: "map", x: axis, y: axis, z: [[1, 2], [3, most]], zTitle: "P" }); // prettier-ignore
    const { data, layout } = multiples({ title: "All", panels: [map(4), map(5)] });
    const ends = [layout.xaxis, layout.xaxis2].map((one) => (one as { domain: [number, number] }).domain);
    const bars = data.map(({ colorbar }) => (colorbar as { x: number }).x);
    expect(bars[0]).toBeGreaterThan(ends[0]?.[1] ?? 1);
    expect(bars[0]).toBeLessThan(ends[1]?.[0] ?? 0);
    expect(bars[1]).toBeGreaterThan(ends[1]?.[1] ?? 1);
  });

  test("refuses no panels and columns that are no count", () => {
    expect(() => multiples({ title: "All", panels: [] })).toThrow("at least one panel and one column");
    expect(() => multiples({ title: "All", panels, columns: 1.5 })).toThrow("at least one panel and one column");
    expect(() => multiples({ title: "All", panels, rows: 2 } as never)).toThrow('no option "rows"');
  });
});
