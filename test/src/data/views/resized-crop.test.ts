import { expect, test } from "vitest";
import { resizedCrop } from "../../../../src/data/index.js";
import type { FloatImage } from "../../../../src/data/views/float-image.js";
import { bitmap, expectClose, floatImage, numbers, reference } from "./reference.js";

const box = ([left, top, right, bottom]: number[]) => ({ left: left!, top: top!, right: right!, bottom: bottom! });

function empty([rows, columns]: number[], channels: number): FloatImage {
  const shape = [rows!, columns!, channels] as const;
  return { values: new Float32Array(rows! * columns! * channels).fill(NaN), shape };
}

test.each(reference.crops)("$box to $size, $channels channels: what Pillow makes of floats", (crop) => {
  const result = empty(crop.size, crop.channels);
  expect(resizedCrop(bitmap(crop.channels), box(crop.box), result)).toBe(result);
  expectClose(result.values, numbers(crop.values), 1.2e-7);
});

test.each([1, 3])("all of an image in its own size is the image, to the bit: %d channels", (channels) => {
  const image = floatImage(channels);
  const result = empty([...image.shape], channels);
  expect(resizedCrop(bitmap(channels), box([0, 0, 7, 6]), result).values).toEqual(image.values);
});

test("nothing outside the box shows", () => {
  const { bytes, shape } = bitmap(3);
  const other = bytes.map((byte, i) => {
    const [row, column] = [Math.floor(i / 21), Math.floor(i / 3) % 7];
    return row >= 1 && row < 4 && column >= 2 && column < 5 ? byte : 255 - byte;
  });
  const one = resizedCrop({ bytes, shape }, box([2, 1, 5, 4]), empty([8, 8], 3));
  const two = resizedCrop({ bytes: other, shape }, box([2, 1, 5, 4]), empty([8, 8], 3));
  expect(two.values).toEqual(one.values);
});

test("refuses boxes that are empty, stick out or lie between pixels, and results with other channels", () => {
  for (const wrong of [
    [0, 0, 8, 6],
    [-1, 0, 7, 6],
    [0, 0, 7, 7],
    [3, 0, 3, 6],
    [0, 0.5, 7, 6],
    [0, 0, NaN, 6],
  ])
    expect(() => resizedCrop(bitmap(3), box(wrong), empty([2, 2], 3))).toThrow(/a box of whole pixels within 7 x 6/);
  expect(() => resizedCrop(bitmap(3), box([0, 0, 7, 6]), empty([2, 2], 1))).toThrow(/3 channels, found 1/);
});

test("refuses bytes and values that do not fit their shapes", () => {
  const { bytes, shape } = bitmap(3);
  const whole = box([0, 0, 7, 6]);
  expect(() => resizedCrop({ bytes: bytes.subarray(1), shape }, whole, empty([2, 2], 3))).toThrow(/found 125/);
  expect(() => resizedCrop({ bytes, shape }, whole, { values: new Float32Array(11), shape: [2, 2, 3] })).toThrow(
    /found 11/,
  );
});
