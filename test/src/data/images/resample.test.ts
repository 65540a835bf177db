import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { boxOf, resample } from "../../../../src/data/images/resample.js";
import { reference, unpack } from "./images.js";

/** The pictures that make_images.py has resized. */
function pattern(width: number, height: number) {
  const rgb = new Uint8Array(3 * width * height);
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < 3; c++) rgb[at++] = (x * 37 + y * 91 + c * 53 + x * y * 7) % 256;
  return { width, height, rgb };
}

describe.each(reference.resized)("$width x $height to $size", ({ width, height, size, stretch, cover }) => {
  const picture = pattern(width, height);
  const to = size as [number, number];

  test("stretched is what Pillow's resize gives, to the bit", () => {
    expect(resample(picture, to, boxOf(picture, to, "stretch"))).toEqual(unpack(stretch));
  });

  test("covered is what ImageOps.fit gives, to the bit", () => {
    expect(resample(picture, to, boxOf(picture, to, "cover"))).toEqual(unpack(cover));
  });
});

const side = fc.integer({ min: 1, max: 40 });

test("one colour stays that colour, to any size", () => {
  fc.assert(
    fc.property(
      side,
      side,
      side,
      side,
      fc.constantFrom("cover", "stretch"),
      fc.nat(255),
      (width, height, rows, columns, fit, value) => {
        const picture = { width, height, rgb: new Uint8Array(3 * width * height).fill(value) };
        const result = resample(picture, [rows, columns], boxOf(picture, [rows, columns], fit));
        expect(result).toEqual(new Uint8Array(3 * rows * columns).fill(value));
      },
    ),
  );
});

test("the same size gives the same bytes", () => {
  fc.assert(
    fc.property(side, side, fc.constantFrom("cover", "stretch"), (width, height, fit) => {
      const picture = pattern(width, height);
      expect(resample(picture, [height, width], boxOf(picture, [height, width], fit))).toEqual(picture.rgb);
    }),
  );
});
