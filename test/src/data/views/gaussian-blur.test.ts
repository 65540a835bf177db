import fc from "fast-check";
import { expect, test } from "vitest";
import { gaussianBlur, horizontalFlip } from "../../../../src/data/index.js";
import { copy, images } from "./images.js";
import { expectClose, floatImage, numbers, operations } from "./reference.js";

test.each(operations("gaussianBlur"))(
  "sigma $amount, $channels channels: SciPy's filter",
  ({ amount, channels, values }) => {
    expectClose(gaussianBlur(floatImage(channels), amount).values, numbers(values));
  },
);

const sigmas = fc.double({ min: 0.05, max: 4, noNaN: true });

test("one colour stays that colour", () => {
  fc.assert(
    fc.property(images, sigmas, ({ values, shape }, sigma) => {
      const colour = values.slice(0, shape[2]);
      const plain = values.map((_, i) => colour[i % shape[2]]!);
      expectClose(gaussianBlur({ values: plain.slice(), shape }, sigma).values, plain);
    }),
  );
});

test("blurs what is mirrored as it mirrors what is blurred, and leaves values between the least and the most", () => {
  fc.assert(
    fc.property(images, sigmas, (image, sigma) => {
      const blurred = gaussianBlur(copy(image), sigma);
      expectClose(horizontalFlip(gaussianBlur(horizontalFlip(copy(image)), sigma)).values, blurred.values);
      const [least, most] = [Math.min(...image.values), Math.max(...image.values)];
      expect(blurred.values.every((value) => value >= least - 1e-6 && value <= most + 1e-6)).toBe(true);
    }),
  );
});

test("refuses a sigma of 0, below, or no number", () => {
  for (const sigma of [0, -1, NaN, Infinity])
    expect(() => gaussianBlur(floatImage(3), sigma)).toThrow(
      `gaussianBlur: sigma must be a finite number > 0 (got ${sigma})`,
    );
});
