import { describe, expect, it } from "vitest";
import { figureBundle, PLOTLY_MIME } from "../../../kernel/figure/index.js";

describe("figureBundle", () => {
  it("holds Plotly JSON, SVG and words, and no HTML", async () => {
    const bundle = await figureBundle({
      data: [{ y: new Float32Array([0.1, NaN]) }],
      layout: { title: { text: "T" } },
    });
    expect(Object.keys(bundle)).toEqual([PLOTLY_MIME, "image/svg+xml", "text/plain"]);
    expect(bundle[PLOTLY_MIME]).toMatchObject({ data: [{ y: [0.1, null] }], layout: { title: { text: "T" } } });
    expect(bundle["image/svg+xml"]).toMatch(/^<svg /);
    expect(bundle["text/plain"]).toBe("Figure: T, 1 trace (scatter)");
  });

  it("copies the figure at once", async () => {
    const figure = { data: [{ y: [1, 2] }], layout: {} };
    const pending = figureBundle(figure);
    figure.data.length = 0;
    expect((await pending)["text/plain"]).toBe("Figure: 1 trace (scatter)");
  });

  it("says why there is no picture, and still shows what a browser can draw", async () => {
    const bundle = await figureBundle({ data: [{ type: "surface", z: [[1]] }], layout: {} });
    expect(Object.keys(bundle)).toEqual([PLOTLY_MIME, "text/plain"]);
    expect(bundle["text/plain"]).toContain('No static picture: "surface" traces are drawn only by Plotly in a browser');
    expect(bundle["text/plain"]).toContain("pip install plotly");
  });

  it("refuses a figure that contains itself", async () => {
    const layout: Record<string, unknown> = {};
    layout.self = layout;
    await expect(figureBundle({ data: [], layout })).rejects.toThrow("contains itself");
  });
});
