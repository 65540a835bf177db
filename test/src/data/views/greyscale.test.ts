import fc from "fast-check";
import { expect, test } from "vitest";
import { greyscale } from "../../../../src/data/index.js";
import { copy, images } from "./images.js";
import { expectClose, floatImage, numbers, operations } from "./reference.js";

test.each(operations("greyscale"))("torchvision's definition", ({ channels, values }) => {
  expectClose(greyscale(floatImage(channels)).values, numbers(values));
});

test("makes the channels of each pixel equal, in place; grey images stay as they are", () => {
  fc.assert(
    fc.property(images, (image) => {
      const before = copy(image);
      expect(greyscale(image)).toBe(image);
      const { values, shape } = image;
      if (shape[2] === 1) expect(values).toEqual(before.values);
      else expect(values.every((value, i) => value === values[i - (i % 3)])).toBe(true);
    }),
  );
});

test("refuses images with two channels", () => {
  expect(() => greyscale({ values: new Float32Array(2), shape: [1, 1, 2] })).toThrow(/found 2/);
});
