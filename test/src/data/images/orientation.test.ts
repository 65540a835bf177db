import { describe, expect, test } from "vitest";
import { decodePicture } from "../../../../src/data/images/codec.js";
import { orientationIn } from "../../../../src/data/images/orientation.js";
import { fromBase64, reference, unpack } from "./images.js";

const source = { file: "turned.jpg" };
const oriented = Object.entries(reference.oriented);

describe("a picture with EXIF data, of either order of bytes", () => {
  test.each(oriented)("%s is turned as Pillow's exif_transpose does, if it is to be", (_, known) => {
    const bytes = fromBase64(known.file);
    const { width, height, upright, stored } = known;
    expect(decodePicture(bytes, source, "exif")).toEqual({ width, height, rgb: unpack(upright) });
    for (const asStored of [decodePicture(bytes, source), decodePicture(bytes, source, "stored")])
      expect(asStored.rgb).toEqual(unpack(stored));
  });

  test("lies in ten ways, of which two say nothing, and no two of eight look alike", () => {
    expect(new Set(oriented.filter(([name]) => name.startsWith("PNG")).map(([, { upright }]) => upright)).size).toBe(8);
    expect(oriented.length).toBe(40);
  });
});

describe("EXIF data that say nothing of it: as stored", () => {
  const known = Buffer.from("MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0", "latin1");
  const changed = (at: number, value: number): Uint8Array => {
    const bytes = Uint8Array.from(known);
    bytes[at] = value;
    return bytes;
  };

  test("but for these", () => expect(orientationIn(known)).toBe(6));

  test.each([
    ["none", new Uint8Array()],
    ["another mark", changed(0, 0x49)],
    ["another number than 42", changed(3, 43)],
    ["a directory beyond the end", changed(4, 0xff)],
    ["no entry", changed(9, 0)],
    ["another tag", changed(11, 0x13)],
    ["another type", changed(13, 4)],
    ["orientation 9", changed(19, 9)],
    ["orientation 0", changed(19, 0)],
  ])("%s", (_, exif) => expect(orientationIn(exif)).toBe(1));

  test("cut off wherever", () => {
    for (let length = 0; length < 22; length++) expect(orientationIn(known.subarray(0, length))).toBe(1);
  });
});
