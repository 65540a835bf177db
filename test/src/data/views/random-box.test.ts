import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { randomBox } from "../../../../src/data/views/random-box.js";
import type { Range } from "../../../../src/data/views/range.js";
import { stream } from "../../../../src/random/index.js";
import { reference } from "./reference.js";

test.each(reference.boxes)("of $size, scale $scale, ratio $ratio: torchvision's, from the same draws", (one) => {
  const draws = [...one.draws];
  const source = { uniform: () => draws.shift()!, integer: (n: number) => Math.floor(n * draws.shift()!) };
  const { left, top, right, bottom } = randomBox(
    source,
    one.size as [number, number],
    one.scale as unknown as Range,
    one.ratio as unknown as Range,
  );
  expect([left, top, right, bottom]).toEqual(one.box);
  expect(draws).toEqual([]);
});

const side = fc.integer({ min: 1, max: 300 });
const range = (low: number, high: number) =>
  fc
    .tuple(fc.double({ min: low, max: high, noNaN: true }), fc.double({ min: low, max: high, noNaN: true }))
    .map(([a, b]): Range => [Math.min(a, b), Math.max(a, b)]);

test("is never empty, and lies within the image", () => {
  fc.assert(
    fc.property(side, side, range(0.001, 1), range(0.05, 20), fc.integer(), (height, width, scale, ratio, seed) => {
      const { left, top, right, bottom } = randomBox(stream(seed), [height, width], scale, ratio);
      expect([left, top, right, bottom].every(Number.isInteger)).toBe(true);
      expect(left >= 0 && left < right && right <= width && top >= 0 && top < bottom && bottom <= height).toBe(true);
    }),
  );
});

describe("over 4000 draws that all fit at once", () => {
  // At most 1000 * sqrt(0.5 * 4 / 3) = 816 pixels: no draw is refused, and none is rounded by more than a thousandth.
  const random = stream(11);
  const boxes = Array.from({ length: 4000 }, () => randomBox(random, [1000, 1000], [0.2, 0.5], [3 / 4, 4 / 3]));
  const sizes = boxes.map(({ left, top, right, bottom }) => ({ wide: right - left, high: bottom - top, left, top }));

  /** Kolmogorov's distance from the uniform distribution on [0, 1]; 0.0308 is passed once in a thousand times. */
  function distance(values: number[]): number {
    const sorted = values.sort((a, b) => a - b);
    return Math.max(...sorted.map((value, i) => Math.max((i + 1) / sorted.length - value, value - i / sorted.length)));
  }

  test.each([
    ["areas are uniform", (s: (typeof sizes)[0]) => ((s.wide * s.high) / 1e6 - 0.2) / 0.3],
    [
      "logarithms of ratios are uniform",
      (s: (typeof sizes)[0]) => Math.log((s.wide / s.high) * (4 / 3)) / Math.log(16 / 9),
    ],
    ["left edges are uniform", (s: (typeof sizes)[0]) => s.left / (1000 - s.wide)],
    ["upper edges are uniform", (s: (typeof sizes)[0]) => s.top / (1000 - s.high)],
  ])("%s", (_, place) => {
    expect(distance(sizes.map(place))).toBeLessThan(0.0308);
  });

  test("area and ratio have nothing to do with each other", () => {
    const areas = sizes.map((s) => s.wide * s.high);
    const ratios = sizes.map((s) => Math.log(s.wide / s.high));
    const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
    const centred = (values: number[], middle = mean(values)): number[] => values.map((value) => value - middle);
    const [a, r] = [centred(areas), centred(ratios)];
    const dot = (u: number[], v: number[]): number => u.reduce((sum, value, i) => sum + value * v[i]!, 0);
    const correlation = dot(a, r) / Math.sqrt(dot(a, a) * dot(r, r));
    expect(Math.abs(correlation)).toBeLessThan(3.3 / Math.sqrt(4000));
  });
});
