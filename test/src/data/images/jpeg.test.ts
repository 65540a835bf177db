import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeChecked, decodeJpeg } from "../../../../src/data/images/jpeg.js";
import { FileError } from "../../../../src/data/file-error.js";
import { volume } from "../../../volume.js";
import { damaged, faultOf, fromBase64, imageFile, jpegs, reference } from "./images.js";
import { damages } from "./damages.js";

const source = { file: "a.jpg" };

describe("a JPEG", () => {
  test.each(jpegs)("%s has the pixels that libjpeg-turbo gives, to the bit", (name) => {
    const { bytes, picture } = imageFile(name);
    expect(decodeJpeg(bytes, source)).toEqual(picture);
  });

  test("that says it lies on its side is given as it is stored", () => {
    expect(imageFile("turned.jpg").picture).toEqual(imageFile("420.jpg").picture);
  });

  test("leaves the caller's ImageData alone, whatever it is", () => {
    const { bytes, picture } = imageFile("420.jpg");
    const own = {};
    for (const value of [undefined, own]) {
      // Anything fatal makes a new instance.
      faultOf(() => decodeJpeg(bytes.subarray(0, 160), source));
      decodeChecked(Uint8Array.of(0));
      if (value) Object.assign(globalThis, { ImageData: value });
      expect(decodeJpeg(bytes, source)).toEqual(picture);
      expect(Object.getOwnPropertyDescriptor(globalThis, "ImageData")?.value).toBe(value);
    }
    Reflect.deleteProperty(globalThis, "ImageData");
  });
});

describe("a damaged JPEG", () => {
  const { bytes } = imageFile("420.jpg");

  test("is an error wherever it is cut off", () => {
    for (const name of ["420.jpg", "grey.jpg"] as const) {
      const { bytes } = imageFile(name);
      for (let length = 0; length < bytes.length; length++) {
        const error = faultOf(() => decodeJpeg(bytes.subarray(0, length), source));
        expect(error.offset).toBeLessThanOrEqual(length);
      }
    }
  });

  test("says what libjpeg says, and where the data begins", () => {
    const error = faultOf(() => decodeJpeg(bytes.subarray(0, -2), { file: "a.jpg", offset: 1000 }));
    expect(error.message).toBe(
      'a.jpg, byte 1623: expected whole and valid JPEG data from here on, found "Premature end of JPEG file". ' +
        "Is it the right file, and whole? Get it once more.",
    );
  });

  test.each([
    ["four colours", () => fromBase64(reference.refused["cmyk.jpg"]), "one with four colours (CMYK)"],
    ["no height", () => frame([8, 0, 0, 0, 11, 3]), "0"],
    ["60,000 x 60,000 pixels", () => frame([8, 0xea, 0x60, 0xea, 0x60, 3]), "60000 x 60000"],
    ["12 bits", () => frame([12, 0, 9, 0, 11, 3]), "one of 12 bits a sample"],
    ["arithmetic coding", () => frame([8, 0, 9, 0, 11, 3], 0xc9), "one with arithmetic coding"],
    ["lossless coding", () => frame([8, 0, 9, 0, 11, 3], 0xc3), "a lossless or hierarchical one"],
    ["two components", () => frame([8, 0, 9, 0, 11, 2]), "2"],
  ])("of %s is refused before it is decoded", (_, make, found) => {
    const error = faultOf(() => decodeJpeg(make(), source));
    expect(error.found).toContain(found);
    expect(error.offset).toBeGreaterThan(50);
  });

  test("of more pixels than asked for is refused, with the option that allows it", () => {
    expect(decodeJpeg(bytes, { ...source, maxPixels: 99 }).width).toBe(11);
    expect(faultOf(() => decodeJpeg(bytes, { ...source, maxPixels: 98 })).message).toContain("the option maxPixels");
  });

  test("of more scans than any image has is refused", () => {
    const { bytes } = imageFile("progressive.jpg");
    const scan = bytes.subarray(bytes.lastIndexOf(0xda) - 1, -2);
    const many = Buffer.concat([bytes.subarray(0, -2), ...Array.from({ length: 100 }, () => scan), bytes.subarray(-2)]);
    expect(faultOf(() => decodeJpeg(many, source)).expected).toContain("100 scans");
  });

  /** The file with another frame header. */
  function frame(values: number[], marker = 0xc0): Uint8Array {
    const other = Uint8Array.from(bytes);
    const at = other.findIndex((byte, at) => byte === 0xff && other[at + 1] === 0xc0);
    other[at + 1] = marker;
    other.set(values, at + 4);
    return other;
  }
});

test("fatal errors take no memory", () => {
  const bad = imageFile("420.jpg").bytes.subarray(0, 300);
  const { bytes, picture } = imageFile("420.jpg");
  for (let i = 0; i < 50; i++) decodeChecked(bad);
  const before = process.memoryUsage();
  let said = 0;
  for (let i = 0; i < 300; i++) said += typeof decodeChecked(bad) === "string" ? 1 : 0;
  const after = process.memoryUsage();
  expect(said).toBe(300);
  // One instance has 17 MB; without new ones the 98th would fail.
  expect(after.rss - before.rss).toBeLessThan(200e6);
  expect(decodeJpeg(bytes, source)).toEqual(picture);
});

test("any damage is an error or gives an image of the right shape, and the next image is whole", () => {
  const outcomes = { error: 0, same: 0, other: 0 };
  const hash = (rgb: Uint8Array): string => createHash("sha256").update(rgb).digest("hex");
  const files = jpegs.map((name) => imageFile(name));
  fc.assert(
    fc.property(fc.constantFrom(...files), damages, ({ bytes, picture }, all) => {
      const bad = all.reduce(damaged, bytes);
      try {
        const { width, height, rgb } = decodeJpeg(bad, { ...source, maxPixels: 1e6 });
        expect(rgb.length).toBe(3 * width * height);
        outcomes[hash(rgb) === hash(picture.rgb) ? "same" : "other"]++;
      } catch (error) {
        if (!(error instanceof FileError)) throw error;
        expect(error.offset).toBeLessThanOrEqual(bad.length);
        outcomes.error++;
      }
    }),
    { numRuns: volume(10_000) },
  );
  console.log(`${volume(10_000)} damaged JPEGs: ${JSON.stringify(outcomes)}`);
  expect(Math.min(outcomes.error, outcomes.other)).toBeGreaterThan(volume(100));
  for (const { bytes, picture } of files) expect(decodeJpeg(bytes, source)).toEqual(picture);
}, 120_000);
