import { describe, expect, test } from "vitest";
import { heatmap } from "../../../../src/report/figure/heatmap.js";
import type { HeatmapOptions } from "../../../../src/report/figure/heatmap.js";

const values = [1, 10, 100];
const base: HeatmapOptions = {
  title: "Finding",
  x: { title: "a", values, log: true },
  y: { title: "b", values },
  z: values.map((b) => values.map((a) => 1 / (a * b))),
  zTitle: "P",
};

describe("heatmap", () => {
  test("z has one row a y and one column an x", () => {
    const [map] = heatmap({ ...base, z: [[1, 2, 3], [4, 5, 6], [7, 8, null]] }).data; // prettier-ignore
    expect(map).toMatchObject({ type: "heatmap", x: values, y: values, zmin: 1, zmax: 8 });
    expect((map as { z: unknown[][] }).z[1]).toEqual([4, 5, 6]);
    expect(() => heatmap({ ...base, z: [[1, 2, 3]] })).toThrow("expected 3 rows of 3 values, got 1 rows");
    expect(() => heatmap({ ...base, z: [[1, 2, 3], [1], [1, 2, 3]] })).toThrow("row 1 has 1");
  });

  test("a logarithmic scale colours exponents, ticks by powers of ten, and leaves holes for zeros", () => {
    const [map] = heatmap({ ...base, scale: "log", z: [[1, 0.1, 0], [1e-3, 1, 1], [1, 1, 1]] }).data; // prettier-ignore
    expect((map as { z: unknown[][] }).z[0]).toEqual([0, -1, null]);
    expect(map).toMatchObject({
      zmin: -3,
      zmax: 0,
      colorbar: { tickvals: [-3, -2, -1, 0], ticktext: ["10⁻³", "10⁻²", "10⁻¹", "10⁰"] },
    });
  });

  test("a diverging scale has its middle at zero", () => {
    expect(heatmap({ ...base, scale: "diverging", range: [-1, 5] }).data[0]).toMatchObject({ zmin: -5, zmax: 5 });
  });

  test("a map may have a million values, and rows without any", () => {
    const many = Array.from({ length: 1000 }, (_, i) => i);
    const z = many.map((row) => many.map((column) => (row === 0 ? null : row + column)));
    const [map] = heatmap({ ...base, x: { title: "a", values: many }, y: { title: "b", values: many }, z }).data;
    expect(map).toMatchObject({ zmin: 1, zmax: 1998 });
  });

  test("a level line carries its name where the map passes its value", () => {
    const { data, layout } = heatmap({ ...base, scale: "log", levels: [{ at: 10 ** -1.5 }, { at: 1e-9 }] });
    expect(data[1]).toMatchObject({ type: "contour", contours: { start: -1.5, end: -1.5 } });
    const labels = layout.annotations as { x: number; y: number; text: string }[];
    // 1/(ab) = 10^-1.5 in the middle row, b = 10, at a = 10^0.5; halfway between columns in index, on the axis log10 of 5.5.
    expect(labels).toHaveLength(1); // the second level is nowhere on the map
    expect(labels[0]?.y).toBe(10);
    expect(labels[0]?.x).toBeCloseTo(Math.log10(5.5), 3);
  });

  test("level names are short", () => {
    const z = [[1, 1, 1], [1, 1, 1], [1, 1e-8, 1]]; // prettier-ignore
    const names = (at: number) =>
      (heatmap({ ...base, z, scale: "log", levels: [{ at }] }).layout.annotations as { text: string }[])[0]?.text;
    expect(names(0.05)).toBe("0.05");
    expect(names(1e-6)).toBe("10⁻⁶");
  });

  test("refuses unknown options", () => {
    expect(() => heatmap({ ...base, colors: "red" } as never)).toThrow('no option "colors"');
    expect(() => heatmap({ ...base, scale: "logarithmic" } as never)).toThrow(
      'heatmap: scale must be "linear" or "log" or "diverging" (got "logarithmic")',
    );
  });

  test("numbers keep the digits by which axes and colours tell them apart", () => {
    const steps = [123_456, 123_457, 123_458];
    const z = [[1000.11, 1000.12, 1000.13], [1000.21, 1000.22, 1000.23], [1000.31, 1000.32, 1000.33]]; // prettier-ignore
    const { data, layout } = heatmap({ ...base, x: { title: "a", values: steps }, z, levels: [{ at: 1000.22 }] });
    expect(data[0]).toMatchObject({ x: steps, z });
    expect(data[1]).toMatchObject({ contours: { start: 1000.22 } });
    expect(layout["annotations"]).toMatchObject([{ x: 123_457 }]);
  });
});
