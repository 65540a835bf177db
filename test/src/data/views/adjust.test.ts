import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { adjustBrightness, adjustContrast, adjustHue, adjustSaturation } from "../../../../src/data/index.js";
import { copy, images } from "./images.js";
import { expectClose, floatImage, numbers, operations } from "./reference.js";

const byFactor = { adjustBrightness, adjustContrast, adjustSaturation };
const all = { ...byFactor, adjustHue };

describe.each(Object.entries(all))("%s", (name, adjust) => {
  test.each(operations(name))(
    "by $amount, $channels channels: torchvision's definition",
    ({ amount, channels, values }) => {
      expectClose(adjust(floatImage(channels), amount).values, numbers(values));
    },
  );

  test("changes the image in place, and leaves it between 0 and 1", () => {
    fc.assert(
      fc.property(images, fc.double({ min: 0, max: 3, noNaN: true }), (image, amount) => {
        expect(adjust(image, amount)).toBe(image);
        expect(image.values.every((value) => value >= 0 && value <= 1)).toBe(true);
      }),
    );
  });

  test("refuses what is not a number, and images with two channels or too few values", () => {
    expect(() => adjust(floatImage(3), NaN)).toThrow(RangeError);
    expect(() => adjust(floatImage(3), Infinity)).toThrow(/finite number/);
    expect(() => adjust({ values: new Float32Array(8), shape: [2, 2, 2] }, 1)).toThrow(/1 or 3 channels, found 2/);
    expect(() => adjust({ values: new Float32Array(11), shape: [2, 2, 3] }, 1)).toThrow(/\[2, 2, 3\], found 11/);
  });
});

describe.each(Object.entries(byFactor))("%s", (name, adjust) => {
  test("by 1 changes nothing", () => {
    fc.assert(
      fc.property(images, (image) => {
        expectClose(adjust(copy(image), 1).values, image.values, 0);
      }),
    );
  });

  test("refuses factors below 0", () => {
    expect(() => adjust(floatImage(3), -0.1)).toThrow(`${name}: factor must be a finite number >= 0 (got -0.1)`);
  });
});

describe("adjustHue", () => {
  test("by whole turns changes nothing", () => {
    fc.assert(
      fc.property(images, fc.constantFrom(-1, 0, 1, 2), (image, turns) => {
        expectClose(adjustHue(copy(image), turns).values, image.values, 6e-8);
      }),
    );
  });

  test("by a third of a turn takes each channel to the next", () => {
    fc.assert(
      fc.property(images, (image) => {
        const { values, shape } = image;
        const next = values.map((value, i) => (shape[2] === 1 ? value : values[i - (i % 3) + ((i + 2) % 3)]!));
        expectClose(adjustHue(copy(image), 1 / 3).values, next, 1e-6);
      }),
    );
  });

  test("there and back changes nothing", () => {
    fc.assert(
      fc.property(images, fc.double({ min: -0.5, max: 0.5, noNaN: true }), (image, turns) => {
        expectClose(adjustHue(adjustHue(copy(image), turns), -turns).values, image.values, 1e-6);
      }),
    );
  });
});
