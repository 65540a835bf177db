import { JSDOM } from "jsdom";
import { describe, expect, test } from "vitest";
import * as report from "../../../src/report/index.js";
import type { Figure } from "../../../src/report/index.js";

const classes = ["cat", "dog"];
const axis = { title: "n" };
const matrix = { classes, counts: [[8, 2], [3, 7]] }; // prettier-ignore
const wave = Float32Array.from({ length: 10_000 }, (_, i) => 60 * Math.sin(i * i));
const labels = Array.from({ length: 2000 }, (_, i) => i % 2);

const figures: Record<string, Figure> = {
  lines: report.lines({
    title: "lines",
    x: axis,
    y: axis,
    series: [
      { name: "bars", x: [1, 2], y: [1, 2], error: [0.1, 0.2] },
      { name: "band", x: [1, 2], y: [2, 3], error: [0.1, 0.2], errorAs: "band" },
    ],
  }),
  trainingCurves: report.trainingCurves({ title: "trainingCurves", runs: [{ name: "CE", loss: [2, 1], error: [0.5, 0.3] }], milestones: [1] }), // prettier-ignore
  confusionPair: report.confusionPair({ title: "confusionPair", before: matrix, after: matrix }),
  classGains: report.classGains({ title: "classGains", classes, images: [90, 9], before: [[0.9, 0.1]], after: [[0.9, 0.4]] }), // prettier-ignore
  embedding: report.embedding({ title: "embedding", classes, maps: [{ name: "", positions: wave, train: labels, test: labels, unlabeled: 1000 }] }), // prettier-ignore
  forest: report.forest({ title: "forest", x: axis, effects: [{ name: "a claim", mean: 1, interval: [0, 2], n: 5 }] }),
};

const parse = (svg: string): Element =>
  new JSDOM(svg, { contentType: "image/svg+xml" }).window.document.documentElement;

describe("svg", () => {
  test.each(Object.keys(figures))(
    "%s is drawn with its title, twice the same, and needs nothing from outside",
    async (name) => {
      const drawn = await report.svg(figures[name]!, { width: 360 });
      const root = parse(drawn);
      expect([root.tagName, root.getAttribute("width")]).toEqual(["svg", "360"]);
      expect(root.querySelector("text")).not.toBeNull();
      expect(root.textContent).toContain(name);
      expect(drawn.replaceAll(/xmlns(:\w+)?="[^"]*"/g, "")).not.toMatch(/https?:|@import|@font-face|url\((?!["']?#)/);
      expect(await report.svg(figures[name]!, { width: 360 })).toBe(drawn);
    },
  );

  test("sizes are the figure's where none is given", async () => {
    const root = parse(await report.svg(figures["lines"]!, { height: 300 }));
    expect(["width", "height"].map((side) => root.getAttribute(side))).toEqual(["720", "300"]);
    expect(parse(await report.svg(figures["lines"]!)).getAttribute("height")).toBe("440");
  });

  test("a map of 5,000 points is 5,000 circles, of less than 50 bytes each", async () => {
    const drawn = await report.svg(figures["embedding"]!);
    expect(parse(drawn).querySelectorAll("circle").length).toBe(5000 + 3 + 2); // and the legend's
    expect(drawn.length).toBeLessThan(50 * 5000);
  });

  test("refuses sizes that are none", async () => {
    await expect(report.svg(figures["lines"]!, { width: 0 })).rejects.toThrow("svg: width must be an integer from 1");
    await expect(report.svg(figures["lines"]!, { depth: 3 } as never)).rejects.toThrow('no parameter "depth"');
  });
});
