import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toCodePoints, toCodeUnits } from "../../../kernel/compiler/cursor.js";

const text = fc.string({ unit: "binary", maxLength: 40 });

describe("cursor positions", () => {
  it.each([
    ["abc", 2, 2],
    ["é日本", 2, 2],
    ["😀x", 1, 2],
    ["a😀b👍🏽c", 5, 8],
    ["😀", 5, 2],
    ["", 3, 0],
  ])("in %j: code point %i is code unit %i", (source, points, units) => {
    expect(toCodeUnits(source, points)).toBe(units);
  });

  it("go there and back", () => {
    fc.assert(
      fc.property(text, fc.nat(45), (source, points) => {
        expect(toCodePoints(source, toCodeUnits(source, points))).toBe(Math.min(points, [...source].length));
      }),
    );
  });

  it("are the same where all characters are in the Basic Multilingual Plane", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme-ascii" }), fc.nat(30), (source, at) => {
        expect(toCodeUnits(source, at)).toBe(Math.min(at, source.length));
      }),
    );
  });

  it("never split a pair, and never run backwards", () => {
    fc.assert(
      fc.property(text, (source) => {
        const all = Array.from({ length: [...source].length + 1 }, (_, points) => toCodeUnits(source, points));
        for (const [index, units] of all.entries()) {
          if (index > 0) expect(units).toBeGreaterThan(all[index - 1]!);
          expect(source.slice(0, units) + source.slice(units)).toBe(
            [...source].slice(0, index).join("") + [...source].slice(index).join(""),
          );
        }
      }),
    );
  });

  it("count a position inside a pair as after it", () => {
    expect(toCodePoints("😀x", 1)).toBe(1);
  });
});
