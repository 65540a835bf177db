import { inspect } from "node:util";
import { expect, test } from "vitest";
import { checkImageSet, Examples, stickers, type ImageSet } from "../../../src/data/index.js";
import { DISPLAY, type Displayable } from "../../../src/show/index.js";

function setOf(counts: readonly number[]): ImageSet {
  const labels = Uint16Array.from(counts.flatMap((count, label) => new Array<number>(count).fill(label)));
  const classes = counts.map((_, c) => `class ${c}`);
  const bytes = new Uint8Array(labels.length * 6);
  return checkImageSet({ name: "numbered", bytes, shape: [labels.length, 1, 2, 3], labels, classes });
}
const shown = (value: unknown): string => (value as Displayable)[DISPLAY]()["text/plain"] as string;

test("a set and examples of it show themselves as their classes", () => {
  const set = setOf([1200, 40, 3]);
  const text = `numbered: 1,243 images of 1 x 2 x 3 in 3 classes
label  class    images
─────  ───────  ──────
    0  class 0   1,200
    1  class 1      40
    2  class 2       3
3 to 1,200 images a class; ρ = 400`;
  expect(shown(set)).toBe(text);
  expect(shown(Examples.of(set))).toBe(text);
  expect(shown(Examples.of(set, [0, 1, 1240]))).toContain("0 to 2 images a class");
  expect(inspect({ set, one: Examples.of(set, [7]) }, { breakLength: Infinity })).toBe(
    "{ set: [Images: 1,243 images of 1 x 2 x 3 in 3 classes], one: [Examples: 1 image of 1 x 2 x 3 in 3 classes] }",
  );
});

test("examples of two sets name both", () => {
  const both = Examples.of(setOf([2, 1])).concat(Examples.of({ ...setOf([1, 1]), name: "more" }));
  expect(shown(both)).toMatch(/^numbered and more: 5 images of 1 x 2 x 3 in 2 classes\n/);
});

test("of many classes both ends are listed", () => {
  const lines = shown(setOf(Array.from({ length: 8142 }, (_, c) => 1 + (c % 7)))).split("\n");
  expect(lines).toHaveLength(25);
  expect(lines[12]).toMatch(/^ +9 +class 9 +3$/);
  expect(lines[13]).toMatch(/^ +8,122 more$/);
  expect(lines[14]).toMatch(/^ 8132 +class 8132 +6$/);
});

test("what is drawn or read shows itself so, too, and is plain data otherwise", () => {
  const drawn = stickers({ counts: 1 });
  expect(shown(drawn)).toMatch(
    /^Stickers, train: 10 images of 32 x 32 x 3 in 10 classes\n[^]*\n1 images a class; ρ = 1$/,
  );
  expect(Object.keys(drawn)).toEqual(["name", "bytes", "shape", "labels", "classes"]);
});
