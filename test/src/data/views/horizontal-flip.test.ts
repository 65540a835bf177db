import fc from "fast-check";
import { expect, test } from "vitest";
import { horizontalFlip } from "../../../../src/data/index.js";
import { copy, images } from "./images.js";
import { expectClose, floatImage, numbers, operations } from "./reference.js";

test.each(operations("horizontalFlip"))("left becomes right", ({ channels, values }) => {
  expectClose(horizontalFlip(floatImage(channels)).values, numbers(values), 6e-8);
});

test("twice changes nothing", () => {
  fc.assert(
    fc.property(images, (image) => {
      const once = horizontalFlip(copy(image));
      expect(horizontalFlip(once).values).toEqual(image.values);
    }),
  );
});

test("refuses images with two channels", () => {
  expect(() => horizontalFlip({ values: new Float32Array(2), shape: [1, 1, 2] })).toThrow(/found 2/);
});
