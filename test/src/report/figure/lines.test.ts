import { describe, expect, test } from "vitest";
import { lines } from "../../../../src/report/figure/lines.js";
import type { LinesOptions } from "../../../../src/report/figure/lines.js";

const axes = { x: { title: "n" }, y: { title: "P" } };
const figure = (more: Partial<LinesOptions>) => lines({ title: "Finding", ...axes, series: [], ...more });

describe("lines", () => {
  test("series differ in colour and in dash or marker, so that they tell apart in grey", () => {
    const { data } = figure({
      series: Array.from({ length: 7 }, (_, i) => ({ name: `s${i}`, x: [1], y: [1], as: "both" })),
    });
    const looks = data.map(({ line, marker }) =>
      JSON.stringify([(line as { dash: string }).dash, (marker as { symbol: string }).symbol]),
    );
    expect(new Set(looks).size).toBe(7);
    expect(new Set(data.map(({ line }) => (line as { color: string }).color)).size).toBe(7);
  });

  test("beyond seven, colours return with another dash and marker", () => {
    const { data } = figure({
      series: Array.from({ length: 21 }, (_, i) => ({ name: `s${i}`, x: [1, 2], y: [1, 2], as: "both" })),
    });
    const looks = data.map(({ line, marker }) => JSON.stringify([line, (marker as { symbol: string }).symbol]));
    expect(new Set(looks).size).toBe(21);
  });

  test("a line shows a point that stands alone: one epoch, or one between gaps", () => {
    const mode = (x: number[], y: (number | null)[]) =>
      figure({ series: [{ name: "a", x, y, as: "line" }] }).data[0]?.mode;
    expect(mode([1], [2])).toBe("lines+markers");
    expect(mode([1, 2, 3, 4], [1, 2, null, 4])).toBe("lines+markers");
    expect(mode([1, 2, 3, 4, 5], [1, 2, null, 4, 5])).toBe("lines");
    expect(mode([], [])).toBe("lines");
  });

  test("a logarithmic axis has ticks at 2 and 5 too where it holds fewer than two powers of ten", () => {
    const ticks = (y: number[], range?: [number, number]) =>
      (
        figure({ series: [{ name: "a", x: y, y }], y: { title: "P", log: true, ...(range && { range }) } }).layout
          .yaxis as {
          tickvals?: number[];
        }
      ).tickvals;
    expect(ticks([0.12, 0.8])).toEqual(expect.arrayContaining([0.1, 0.2, 0.5, 1]));
    expect(ticks([7, 60])).toEqual(expect.arrayContaining([10, 20, 50]));
    expect(ticks([1, 1e-9], [20, 80])).toEqual(expect.arrayContaining([20, 50]));
    for (const y of [[1, 10], [0.004, 0.4], [1, 1.3], [3], [-1, 0]]) expect(ticks(y)).toBeUndefined(); // prettier-ignore
  });

  test("numbers keep five digits; gaps stay gaps", () => {
    const [trace] = figure({ series: [{ name: "a", x: [1 / 3, 2], y: [null, Math.PI * 1e-20] }] }).data;
    expect(trace).toMatchObject({ x: [0.33333, 2], y: [null, 3.1416e-20] });
  });

  test("error bars make points, unless the series says otherwise", () => {
    const one = { name: "a", x: [1], y: [2], error: [0.12345] };
    expect(figure({ series: [one] }).data[0]).toMatchObject({ mode: "markers", error_y: { array: [0.123] } });
    expect(figure({ series: [{ ...one, as: "both" }] }).data[0]).toMatchObject({ mode: "lines+markers" });
  });

  test("errors are bars with points, a band under a line, or what the series says", () => {
    const one = { name: "a", x: [1, 2, 3], y: [2, 2, null], error: [0.5, 0.5, 0] };
    const looks = (more: object) =>
      figure({ series: [{ ...one, ...more }] }).data.map(({ mode, y, error_y }) => [mode, y, error_y !== undefined]);
    const band = [
      ["lines", [1.5, 1.5, null], false],
      ["lines", [2.5, 2.5, null], false],
      ["lines", [2, 2, null], false],
    ];
    expect(looks({})).toEqual([["markers", [2, 2, null], true]]);
    expect(looks({ as: "line" })).toEqual(band);
    expect(looks({ errorAs: "band" })).toEqual(band);
    expect(looks({ as: "line", errorAs: "bars" })).toEqual([["lines", [2, 2, null], true]]);
  });

  test("refuses errors that are none, and bands that a logarithmic axis cannot show", () => {
    const one = (error: number[]) => ({ series: [{ name: "a", x: [1, 2], y: [2, 3], error, as: "line" as const }] });
    expect(() => figure(one([0.1, -1]))).toThrow("finite numbers >= 0, found -1 at 1");
    expect(() => figure(one([NaN, 1]))).toThrow("finite numbers >= 0, found NaN at 0");
    expect(() => figure({ ...one([0.1, 3]), y: { title: "P", log: true } })).toThrow("found 3 ± 3; show errors as");
    expect(figure({ ...one([0.1, 2.9]), y: { title: "P", log: true } }).data).toHaveLength(3);
  });

  test("a band is drawn under its line and shares its place in the legend", () => {
    const { data } = figure({ series: [{ name: "a", x: [1, 2], y: [2, 3], band: { low: [1, 2], high: [3, 4] } }] });
    expect(data.map(({ y, fill }) => [y, fill])).toEqual([
      [[1, 2], undefined],
      [[3, 4], "tonexty"],
      [[2, 3], undefined],
    ]);
    expect(new Set(data.map(({ legendgroup }) => legendgroup))).toEqual(new Set(["a"]));
    expect(data.map(({ showlegend }) => showlegend)).toEqual([false, false, undefined]);
  });

  test("on logarithmic axes ranges and notes go by exponents, references by values", () => {
    const { layout } = figure({
      y: { title: "P", log: true, range: [1e-4, 1] },
      references: [{ y: 0.01, label: "1 %" }],
      notes: [{ x: 5, y: 0.001, text: "here" }],
    });
    expect(layout.yaxis).toMatchObject({ type: "log", range: [-4, 0] });
    expect(layout.shapes).toMatchObject([{ xref: "x domain", yref: "y", y0: 0.01, y1: 0.01, label: { text: "1 %" } }]);
    expect(layout.annotations).toMatchObject([{ x: 5, y: -3, text: "here" }]);
  });

  test("long titles break into lines that fit a phone, never beside an equals sign", () => {
    const { layout } = figure({
      title: "Failure falls exponentially with data",
      detail: "p = 0.9, ".repeat(12) + "q = 1",
    });
    const { text } = layout.title as { text: string };
    const rows = text.split("<br>").map((line) => line.replace(/<[^>]*>/g, ""));
    expect(rows.length).toBeGreaterThan(2);
    for (const row of rows) {
      expect(row.length).toBeLessThanOrEqual(54);
      expect(row).not.toMatch(/(^=)|(=$)/);
    }
    expect((layout.margin as { t: number }).t).toBeGreaterThan(20 * rows.length);
  });

  test("one series needs no legend", () => {
    expect(figure({ series: [{ name: "a", x: [1], y: [1] }] }).layout.showlegend).toBe(false);
  });

  test("refuses what would draw nonsense", () => {
    expect(() => figure({ series: [{ name: "a", x: [1, 2], y: [1] }] })).toThrow(
      'series "a" has 2 values of x but 1 of y',
    );
    expect(() => figure({ series: [{ name: "a", x: [1], y: [1], error: [] }] })).toThrow("but 0 of error");
    expect(() => figure({ references: [{ label: "nowhere" }] })).toThrow("needs either x or y");
    expect(() => figure({ y: { title: "P", log: true, range: [0, 1] } })).toThrow("range above 0 (got 0 to 1)");
    expect(() => figure({ caption: "x" } as object)).toThrow('lines: there is no option "caption"');
    expect(() => figure({ series: [{ name: "a", x: [], y: [], colour: "red" } as never] })).toThrow(
      'no option "colour"',
    );
    for (const [name, value] of Object.entries({ as: "dots", errorAs: "box", color: "red", dash: "dashed" }))
      expect(() => figure({ series: [{ name: "a", x: [1], y: [1], [name]: value }] })).toThrow(
        new RegExp(`lines: series "a": ${name} must be .* \\(got "${value}"\\)`),
      );
    expect(() => figure({ x: { title: "n", scale: "log" } as never })).toThrow('no option "scale"');
    expect(() => figure({ references: [{ y: 1, lable: "x" } as object] })).toThrow("Did you mean label?");
    expect(() => figure({ notes: [{ x: 1, y: 1, txt: "x" } as never] })).toThrow("Did you mean text?");
  });

  test("numbers keep the digits by which an axis tells them apart, and no more", () => {
    const x = [123_456, 123_457, 123_458];
    const y = [100_000.1, 100_000.2, 100_000.3];
    const far = figure({ series: [{ name: "a", x, y }], notes: [{ x: 123_457, y: 100_000.2, text: "here" }] });
    expect(far.data[0]).toMatchObject({ x, y });
    expect(far.layout["annotations"]).toMatchObject([{ x: 123_457, y: 100_000.2 }]);
    const near = figure({ series: [{ name: "a", x: [1, 2], y: [1 / 3, 2 / 3] }] });
    expect(near.data[0]).toMatchObject({ y: [0.33333, 0.66667] });
    const [flat] = figure({ series: [{ name: "a", x: [1, 2], y: [1 / 3, 1 / 3] }] }).data;
    expect(flat).toMatchObject({ y: [0.33333, 0.33333] });
    const zoomed = figure({
      y: { title: "P", range: [0.999, 1] },
      series: [{ name: "a", x: [0, 1], y: [0, 0.99998714] }],
    });
    expect(zoomed.data[0]).toMatchObject({ y: [0, 0.9999871] });
  });
});
