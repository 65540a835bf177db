import { describe, expect, it } from "vitest";
import { drawSvg } from "../../../kernel/figure/draw.js";
import { figureJson } from "../../../kernel/figure/figure.js";
import { withTitles } from "../../../kernel/figure/titles.js";

describe("titles that are texts", () => {
  it("are drawn, of the figure, its axes and its colour bars", async () => {
    const data = [{ z: [[1, 2]], type: "heatmap", colorbar: { title: "bar" } }];
    const layout = { title: "whole", xaxis: { title: "across" }, yaxis: { title: { text: "up" } } };
    const svg = await drawSvg(figureJson({ data, layout }));
    for (const title of ["whole", "across", "up", "bar"]) expect(svg).toMatch(new RegExp(`>${title}</t`));
  });

  it("are objects in frames too, and stay texts in the user's own data", () => {
    const own = { customdata: [{ title: "a" }], meta: { title: "b" }, x: [1, null], text: ["title"] };
    expect(withTitles([own])).toEqual([own]);
    expect(withTitles({ frames: [{ layout: { title: "1990" } }] })).toEqual({
      frames: [{ layout: { title: { text: "1990" } } }],
    });
    expect(withTitles({ z: [[1]], title: { text: "c", font: { size: 9 } } })).toEqual({
      z: [[1]],
      title: { text: "c", font: { size: 9 } },
    });
  });
});
