import { describe, expect, it } from "vitest";
import { describeFigure, figureJson, figureTitle, isFigure } from "../../../kernel/figure/figure.js";

describe("isFigure", () => {
  it("accepts data with a layout", () => {
    expect(isFigure({ data: [], layout: {} })).toBe(true);
    expect(isFigure({ data: [{ y: [1] }], layout: {}, config: {}, frames: [] })).toBe(true);
  });

  it("leaves other objects with data alone", () => {
    for (const other of [null, [], "x", { data: [] }, { data: [1], layout: {} }, { data: {}, layout: {} }]) {
      expect(isFigure(other)).toBe(false);
    }
    expect(isFigure({ data: [{}], layout: {}, status: 200 })).toBe(false);
  });
});

describe("figureJson", () => {
  it("adds a template and a height, and nothing that the figure sets itself", () => {
    const own = { template: { layout: {} }, height: 300 };
    expect(figureJson({ data: [], layout: own }).layout).toEqual(own);
    const { layout } = figureJson({ data: [], layout: {} });
    expect(layout.height).toBe(440);
    expect(layout.template).toBeDefined();
  });

  it("keeps the frames of an animation", () => {
    const frames = [{ name: "1990", data: [{ y: new Float32Array([0.1]) }] }];
    expect(figureJson({ data: [], layout: {}, frames }).frames).toEqual([{ name: "1990", data: [{ y: [0.1] }] }]);
  });

  it("makes no room for a title that is not there", () => {
    const top = (layout: object): unknown => {
      const { template } = figureJson({ data: [], layout }).layout as {
        template: { layout: { margin: { t: number } } };
      };
      return template.layout.margin.t;
    };
    expect(top({})).toBeLessThan(top({ title: { text: "T" } }) as number);
  });
});

describe("describeFigure", () => {
  it("names title, number and kinds of traces", () => {
    const data = [{ y: [1] }, { type: "bar" }, { type: "bar" }];
    expect(describeFigure({ data, layout: { title: { text: "Loss<br>of <b>x</b>" } } })).toBe(
      "Figure: Loss of x, 3 traces (scatter, bar)",
    );
    expect(describeFigure({ data: [{}], layout: {} })).toBe("Figure: 1 trace (scatter)");
    expect(describeFigure({ data: [], layout: {} })).toBe("Figure: 0 traces");
  });

  it("takes titles as text too", () => {
    expect(figureTitle({ layout: { title: "Plain" } })).toBe("Plain");
    expect(figureTitle({ layout: {} })).toBe("");
  });
});
