import { describe, expect, it } from "vitest";
import { pathLength, pointAtLength, polylines } from "../../../kernel/figure/path.js";

describe("pathLength", () => {
  it("adds the sides of polygons, relative and absolute, closed and open", () => {
    expect(pathLength("M0,0H3V4Z")).toBe(12);
    expect(pathLength("m1,1 3,0 0,4")).toBe(7);
    expect(pathLength("M0,0L3,4M10,10L10,12")).toBe(7);
    expect(pathLength("")).toBe(0);
  });

  it("follows circles", () => {
    const circle = pathLength("M3,0A3,3 0 1,1 0,-3A3,3 0 0,1 3,0Z");
    expect(circle).toBeLessThan(2 * Math.PI * 3);
    expect(circle).toBeGreaterThan(2 * Math.PI * 3 * 0.98);
  });

  it("follows a quadratic curve, whose length is known", () => {
    // y = x^2 on [0, 1], of length sqrt(5)/2 + asinh(2)/4.
    expect(pathLength("M0,0Q0.5,0 1,1")).toBeCloseTo(Math.sqrt(5) / 2 + Math.asinh(2) / 4, 3);
  });
});

describe("pointAtLength", () => {
  it("walks along and stops at the ends", () => {
    expect(pointAtLength("M0,0H10V10", 15)).toEqual([10, 5]);
    expect(pointAtLength("M1,2H10", -1)).toEqual([1, 2]);
    expect(pointAtLength("M1,2H10", 99)).toEqual([10, 2]);
  });
});

describe("polylines", () => {
  it("ends every curve where it should", () => {
    for (const d of [
      "M0,0C1,2 3,4 5,6",
      "M0,0c1,2 3,4 5,6",
      "M0,0S3,4 5,6",
      "M0,0Q1,1 2,2T5,6",
      "M0,0A9,5 30 0,1 5,6",
    ]) {
      const [x, y] = polylines(d).flat().at(-1) ?? [NaN, NaN];
      expect(
        [x, y].map((v) => Math.round(v * 1e9) / 1e9),
        d,
      ).toEqual([5, 6]);
    }
  });

  it("bends arcs to the side that their flags say", () => {
    const middle = (d: string) => pointAtLength(d, pathLength(d) / 2)[1];
    expect(middle("M-1,0A1,1 0 0,1 1,0")).toBeCloseTo(-1, 2);
    expect(middle("M-1,0A1,1 0 0,0 1,0")).toBeCloseTo(1, 2);
    expect(middle("M-1,0A2,2 0 1,1 1,0")).toBeCloseTo(-2 - Math.sqrt(3), 2);
    expect(middle("M-1,0A2,2 0 0,1 1,0")).toBeCloseTo(-2 + Math.sqrt(3), 2);
  });
});
