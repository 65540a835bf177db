import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { checkImageSet, imageAt, stickers, type ImageSet } from "../../../src/data/index.js";

const digests = (set: ImageSet): string[] =>
  Array.from({ length: set.shape[0] }, (_, i) => createHash("sha256").update(imageAt(set, i)).digest("hex"));

test("so many of each class, class after class", () => {
  const set = checkImageSet(stickers({ counts: [3, 0, 2, 1, 1, 1, 1, 1, 1, 1] }));
  expect([...set.labels]).toEqual([0, 0, 0, 2, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(set.shape).toEqual([12, 32, 32, 3]);
  expect(set.classes).toEqual("bird car house cat fish rabbit tree mushroom boat truck".split(" "));
});

test("the same options give the same images; the first of a class do not depend on how many are drawn", () => {
  const [few, many] = [stickers({ counts: 2, seed: 5 }), stickers({ counts: 4, seed: 5 })];
  expect(digests(stickers({ counts: 4, seed: 5 }))).toEqual(digests(many));
  for (let c = 0; c < 10; c++)
    for (let i = 0; i < 2; i++) expect(imageAt(few, 2 * c + i)).toEqual(imageAt(many, 4 * c + i));
});

test("seeds, splits and kinds have no image in common, and no image comes twice", () => {
  const sets = [
    stickers({ counts: 30 }),
    stickers({ counts: 30, seed: 1 }),
    stickers({ counts: 30, split: "test" }),
    stickers({ counts: 30, split: "unlabeled" }),
    stickers({ counts: 30, kind: "other" }),
    stickers({ counts: 30, kind: "other", split: "unlabeled" }),
  ];
  const all = sets.flatMap(digests);
  expect(new Set(all).size).toBe(all.length);
});

/** Mean of the pixels of each row, over many images. */
function rows(set: ImageSet): number[] {
  const sums = new Array<number>(32).fill(0);
  for (let i = 0; i < set.bytes.length; i++) sums[Math.floor(i / 96) % 32]! += set.bytes[i]!;
  return sums.map((sum) => sum / (set.shape[0] * 96));
}

describe("what tells nothing about the class tells nothing about up and down", () => {
  test("images are no brighter above than below, where no figure lies", () => {
    const mean = rows(stickers({ counts: 300 }));
    expect(Math.abs(mean[0]! - mean[31]!)).toBeLessThan(3);
    expect(Math.abs(mean[1]! - mean[30]!)).toBeLessThan(3);
  });
});

test("classes look different: nearest mean image finds them more often than chance, and far from always", () => {
  const [train, unseen] = [stickers({ counts: 200 }), stickers({ counts: 60, split: "test" })];
  const means = Array.from({ length: 10 }, () => new Float64Array(3072));
  train.labels.forEach((label, i) => imageAt(train, i).forEach((byte, at) => (means[label]![at]! += byte / 200)));
  let right = 0;
  unseen.labels.forEach((label, i) => {
    const image = imageAt(unseen, i);
    const distances = means.map((mean) => mean.reduce((sum, m, at) => sum + (m - image[at]!) ** 2, 0));
    if (distances.indexOf(Math.min(...distances)) === label) right++;
  });
  const share = right / unseen.labels.length;
  expect(share).toBeGreaterThan(0.12);
  expect(share).toBeLessThan(0.5);
});

describe("what cannot be is refused", () => {
  const cases: [name: string, options: object, message: string][] = [
    ["no counts", {}, "counts must be an integer >= 0, or an array of ten"],
    ["nine counts", { counts: [1, 1, 1, 1, 1, 1, 1, 1, 1] }, "an array of ten"],
    ["an unknown split", { counts: 1, split: "val" }, '"train" or "test" or "unlabeled"'],
    ["a misspelt option", { counts: 1, seeed: 1 }, 'no parameter "seeed"'],
  ];
  for (const [name, options, message] of cases)
    test(name, () => expect(() => stickers(options as never)).toThrow(message));
});
