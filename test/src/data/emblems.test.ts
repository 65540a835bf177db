import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { checkImageSet, emblems, imageAt, type ImageSet } from "../../../src/data/index.js";

const digests = (set: ImageSet): string[] =>
  Array.from({ length: set.shape[0] }, (_, i) => createHash("sha256").update(imageAt(set, i)).digest("hex"));
const each = (classes: number, count: number): number[] => new Array<number>(classes).fill(count);

test("288 classes: every shape in every colour with every pattern, once", () => {
  const { classes } = emblems({ counts: each(288, 0) });
  expect(new Set(classes).size).toBe(288);
  const words = classes.map((name) => name.split(" "));
  expect(new Set(words.map((all) => all[0])).size).toBe(6);
  expect(new Set(words.map((all) => all.at(-1))).size).toBe(12);
  expect(new Set(words.map((all) => all.slice(1, -1).join(""))).size).toBe(4);
  // The first twelve differ in shape, and the first of fewer classes are the first of more.
  expect(new Set(words.slice(0, 12).map((all) => all.at(-1))).size).toBe(12);
  expect(emblems({ counts: each(30, 0) }).classes).toEqual(classes.slice(0, 30));
});

test("so many of each class, class after class, of any size", () => {
  const set = checkImageSet(emblems({ counts: [3, 0, 2], size: 48 }));
  expect([...set.labels]).toEqual([0, 0, 0, 2, 2]);
  expect(set.shape).toEqual([5, 48, 48, 3]);
  expect(emblems({ counts: [1, 1] }).shape).toEqual([2, 64, 64, 3]);
});

test("the same options give the same images; the first of a class do not depend on how many are drawn", () => {
  const [few, many] = [emblems({ counts: each(5, 2), size: 32 }), emblems({ counts: each(5, 4), size: 32 })];
  expect(digests(emblems({ counts: each(5, 4), size: 32 }))).toEqual(digests(many));
  for (let c = 0; c < 5; c++)
    for (let i = 0; i < 2; i++) expect(imageAt(few, 2 * c + i)).toEqual(imageAt(many, 4 * c + i));
});

test("seeds and splits have no image in common, and no image comes twice", () => {
  const of = (options: object) => emblems({ counts: each(24, 4), size: 32, ...options });
  const all = [{}, { seed: 1 }, { split: "test" }, { split: "validation" }].map(of).flatMap(digests);
  expect(new Set(all).size).toBe(all.length);
});

test("one picture in two sizes is the same picture", () => {
  const [large, small] = [64, 32].map((size) => emblems({ counts: each(24, 2), size }));
  // Means over 2 x 2 pixels, apart from what noise and edges make of them.
  let [same, other] = [0, 0];
  for (let i = 0; i < 48; i++) {
    const [big, little, next] = [imageAt(large!, i), imageAt(small!, i), imageAt(small!, (i + 2) % 48)];
    for (let at = 0; at < little.length; at++) {
      const [pixel, channel] = [Math.floor(at / 3), at % 3];
      const from = (2 * Math.floor(pixel / 32) * 64 + 2 * (pixel % 32)) * 3 + channel;
      const mean = (big[from]! + big[from + 3]! + big[from + 192]! + big[from + 195]!) / 4;
      same += Math.abs(mean - little[at]!);
      other += Math.abs(mean - next[at]!);
    }
  }
  expect(same).toBeLessThan(0.3 * other);
});

describe("what cannot be is refused", () => {
  const cases: [name: string, options: object, message: string][] = [
    ["no counts", {}, "counts must be an array of 2 to 288 integers >= 0"],
    ["too many classes", { counts: each(289, 1) }, "2 to 288"],
    ["half an image", { counts: [1, 0.5] }, "integers >= 0"],
    ["too small", { counts: [1, 1], size: 8 }, "size must be an integer from 16 to 256 (got 8)"],
    ["an unknown split", { counts: [1, 1], split: "val" }, '"train" or "test" or "validation"'],
  ];
  for (const [name, options, message] of cases)
    test(name, () => expect(() => emblems(options as never)).toThrow(message));
});
