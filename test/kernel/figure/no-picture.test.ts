import { describe, expect, it } from "vitest";
import { whyNoPicture } from "../../../kernel/figure/no-picture.js";

const points = (count: number): number[] => new Array<number>(count).fill(0);
const why = (...data: Record<string, unknown>[]): string | undefined => whyNoPicture({ data, layout: {} });

describe("no picture", () => {
  it("is drawn of traces that need WebGL or a map", () => {
    expect(why({ type: "bar" }, { type: "scatter3d" })).toBe(
      '"scatter3d" traces are drawn only by Plotly in a browser',
    );
    expect(why({ type: "choropleth" })).toContain("choropleth");
  });

  it("is drawn of more marks than can be waited for, in all traces together", () => {
    const half = { type: "scattergl", mode: "lines+markers", y: points(15_000) };
    expect(why(half)).toBeUndefined();
    expect(why(half, { ...half, mode: "text" })).toBe("30,000 marks take too long to draw");
    expect(why({ type: "barpolar", r: points(20_001) })).toContain("20,001 marks");
  });

  it("is no matter of lines, histograms and heat maps, however long", () => {
    expect(why({ x: points(1e6) }, { type: "histogram", x: points(1e6) }, { mode: "lines", y: points(1e6) })).toBe(
      undefined,
    );
  });
});
