import { describe, expect, test } from "vitest";
import { decodePicture } from "../../../../src/data/images/codec.js";
import { faultOf, fromBase64, imageFile, names, reference } from "./images.js";

const source = { file: "picture.jpg" };
const latin = (text: string): Uint8Array => Buffer.from(text, "latin1");

test.each(names)("%s is decoded, whatever it is called", (name) => {
  const { bytes, picture } = imageFile(name);
  expect(decodePicture(bytes, source)).toEqual(picture);
});

describe("another format is named, with what to do", () => {
  test.each([
    ["WebP", fromBase64(reference.refused["image.webp"])],
    ["GIF", fromBase64(reference.refused["image.gif"])],
    ["BMP", fromBase64(reference.refused["image.bmp"])],
    ["TIFF", fromBase64(reference.refused["image.tif"])],
    ["JPEG 2000", fromBase64(reference.refused["image.jp2"])],
    ["HEIC", latin("\0\0\0\x24ftypheic\0\0\0\0mif1heic")],
    ["AVIF", latin("\0\0\0\x20ftypavif\0\0\0\0avifmif1")],
    ["JPEG XL", latin("\xff\x0a\x00\x10")],
    ["JPEG XL", latin("\0\0\0\x0cJXL \r\n\x87\n")],
    ["Photoshop", latin("8BPS\0\x01")],
    ["PNM", latin("P6\n2 2\n255\n")],
    ["SVG", latin('<?xml version="1.0"?><svg/>')],
  ])("%s", (format, bytes) => {
    const error = faultOf(() => decodePicture(bytes, source));
    expect(error.message).toMatch(
      new RegExp(`^picture.jpg, byte 0: .* found an? ${format}.*Convert it to JPEG or PNG`),
    );
  });
});

test.each([
  ["an empty file", ""],
  ["zeros", "\0".repeat(100)],
  ["a web page", "\n<!DOCTYPE html><html>"],
  ["git lfs pull", "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a"],
  ['"plain te"', "plain text"],
])("no image: %s", (found, text) => {
  expect(faultOf(() => decodePicture(latin(text), source)).found).toContain(found);
});
