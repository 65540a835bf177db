import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { crc32, deflateSync } from "node:zlib";
import { decode, initSync } from "@jsquash/png/codec/pkg/squoosh_png.js";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FileError } from "../../../../src/data/file-error.js";
import { decodePng, encodePng } from "../../../../src/data/images/png.js";
import { volume } from "../../../volume.js";
import { damaged, faultOf, imageFile, pngs } from "./images.js";
import { damages } from "./damages.js";

const source = { file: "a.png" };

describe("a PNG", () => {
  test.each(pngs)("%s has the pixels that Pillow gives, to the bit", (name) => {
    const { bytes, picture } = imageFile(name);
    expect(decodePng(bytes, source)).toEqual(picture);
  });

  test("may have bytes after its end", () => {
    const { bytes, picture } = imageFile("rgb.png");
    expect(decodePng(Buffer.concat([bytes, Buffer.from("more")]), source)).toEqual(picture);
  });
});

/** A PNG's chunks, with their checksums. */
function png(...chunks: readonly (readonly [type: string, content: Uint8Array | number[]])[]): Uint8Array {
  const parts = chunks.map(([type, content]) => {
    const part = Buffer.alloc(12 + content.length);
    part.writeUInt32BE(content.length);
    part.write(type, 4);
    part.set(content, 8);
    part.writeUInt32BE(crc32(part.subarray(4, -4)), 8 + content.length);
    return part;
  });
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), ...parts]);
}

const header = (depth: number, colour: number, side = 1, interlace = 0): ["IHDR", number[]] => [
  "IHDR",
  [side >>> 24, (side >> 16) & 255, (side >> 8) & 255, side & 255, 0, 0, 0, 1, depth, colour, 0, 0, interlace],
];
const grey: ["IDAT", Uint8Array] = ["IDAT", deflateSync(Uint8Array.of(0, 7))];
const end: ["IEND", number[]] = ["IEND", []];

describe("a wrong PNG", () => {
  test("is an error wherever it is cut off", () => {
    for (const name of ["rgb.png", "palette8.png", "rgb16.png"] as const) {
      const { bytes } = imageFile(name);
      for (let length = 0; length < bytes.length; length++)
        expect(faultOf(() => decodePng(bytes.subarray(0, length), source)).offset).toBeLessThanOrEqual(length);
    }
  });

  test("is an error whichever of its bytes is changed", () => {
    for (const name of ["rgb.png", "palette8.png", "grey-clear.png"] as const) {
      const { bytes } = imageFile(name);
      for (let at = 0; at < bytes.length; at++)
        for (const change of [1, 0x80]) {
          const bad = Uint8Array.from(bytes);
          bad[at]! ^= change;
          faultOf(() => decodePng(bad, source));
        }
    }
  });

  test("is read, where it is right", () => {
    expect(decodePng(png(header(8, 0), grey, end), source)).toEqual({
      width: 1,
      height: 1,
      rgb: Uint8Array.of(7, 7, 7),
    });
  });

  test.each([
    ["without pixels", [header(8, 0), end], "pixels (IDAT)", "none"],
    ["without a header", [grey, end], "IHDR", "IDAT"],
    ["with two headers", [header(8, 0), header(8, 0), grey, end], "one header", "another"],
    ["without a palette", [header(8, 3), grey, end], "a palette", "none"],
    ["with a palette after its pixels", [header(8, 3), grey, ["PLTE", [1, 2, 3]], end], "one palette", "3 bytes"],
    ["with a palette of 4 bytes", [header(8, 3), ["PLTE", [1, 2, 3, 4]], grey, end], "one palette", "4 bytes"],
    ["with a colour beyond its palette", [header(8, 3), ["PLTE", [1, 2, 3]], grey, end], "colours below 1", "7"],
    ["with a chunk that must be known", [header(8, 0), ["ABCD", []], grey, end], "a chunk that is known", "ABCD"],
    ["with too much transparency", [header(8, 0), ["tRNS", [1]], grey, end], "a transparent colour of 2", "1"],
    ["of 3 bits", [header(3, 0), grey, end], "bit depth", "3 and 0"],
    ["of 16 bits with a palette", [header(16, 3), grey, end], "bit depth", "16 and 3"],
    ["of colour type 5", [header(8, 5), grey, end], "bit depth", "8 and 5"],
    ["of interlace method 2", [header(8, 0, 1, 2), grey, end], "methods", "0, 0, 2"],
    ["of width 0", [header(8, 0, 0), grey, end], "at least 1", "0 x 1"],
    ["of 64 million and one pixels", [header(8, 0, 64_000_001), grey, end], "64000000", "64000001 x 1"],
    ["with too few bytes", [header(8, 2), grey, end], "4 bytes", "2"],
    [
      "with more bytes than it says",
      [header(1, 0), ["IDAT", deflateSync(Buffer.alloc(1e6))], end],
      "2 bytes",
      "than 2",
    ],
    ["with filter 5", [header(8, 0), ["IDAT", deflateSync(Uint8Array.of(5, 7))], end], "filters", "filter 5"],
    ["with pixels that are not compressed", [header(8, 0), ["IDAT", [1, 2]], end], "zlib", "header"],
  ] as [string, [string, number[]][], string, string][])(
    "%s is an error that says so",
    (_, chunks, expected, found) => {
      const error = faultOf(() => decodePng(png(...chunks), source));
      expect(error.expected).toContain(expected);
      expect(error.found).toContain(found);
    },
  );

  test("with a palette, but no need of one, is read", () => {
    expect(decodePng(png(header(8, 0), ["PLTE", [1, 2, 3]], grey, end), source).rgb).toEqual(Uint8Array.of(7, 7, 7));
  });

  test("any damage is an error or changes nothing", () => {
    const outcomes = { error: 0, same: 0 };
    fc.assert(
      fc.property(fc.constantFrom(...pngs.map((name) => imageFile(name))), damages, ({ bytes, picture }, all) => {
        const bad = all.reduce(damaged, bytes);
        try {
          expect(decodePng(bad, source)).toEqual(picture);
          outcomes.same++;
        } catch (error) {
          if (!(error instanceof FileError)) throw error;
          expect(error.offset).toBeLessThanOrEqual(bad.length);
          outcomes.error++;
        }
      }),
      { numRuns: volume(10_000) },
    );
    console.log(`${volume(10_000)} damaged PNGs: ${JSON.stringify(outcomes)}`);
    expect(outcomes.error).toBeGreaterThan(volume(9000));
  });

  test("any pixel data in sound chunks is an error or gives an image of the right shape", () => {
    const outcomes = { error: 0, image: 0 };
    const kinds = fc.constantFrom(
      ...[1, 2, 4, 8, 16].map((d) => [d, 0, 1]),
      [8, 2, 3],
      [1, 3, 1],
      [8, 4, 2],
      [16, 6, 4],
    );
    const width = fc.integer({ min: 1, max: 4 });
    const drawn = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(kinds, width, fc.nat(6), drawn, fc.nat(40), ([depth, colour, samples], width, filter, data, off) => {
        const plte: ["PLTE", number[]] = ["PLTE", [9, 8, 7]];
        const length = Math.ceil((depth! * samples! * width) / 8) + (off > 32 ? off - 36 : 0);
        const rows = Uint8Array.of(filter, ...data.subarray(0, length));
        const bytes = png(header(depth!, colour!, width), plte, ["IDAT", deflateSync(rows)], end);
        try {
          expect(decodePng(bytes, source).rgb.length).toBe(3 * width);
          outcomes.image++;
        } catch (error) {
          if (!(error instanceof FileError)) throw error;
          outcomes.error++;
        }
      }),
      { numRuns: volume(10_000) },
    );
    console.log(`${volume(10_000)} PNGs of random pixel data: ${JSON.stringify(outcomes)}`);
    expect(Math.min(outcomes.error, outcomes.image)).toBeGreaterThan(volume(1000));
  });
});

describe("an encoded PNG", () => {
  const before = Object.getOwnPropertyDescriptor(globalThis, "ImageData");
  beforeAll(() => {
    const wasm = createRequire(import.meta.url).resolve("@jsquash/png/codec/pkg/squoosh_png_bg.wasm");
    initSync(readFileSync(wasm));
    class ImageData {
      constructor(
        readonly data: Uint8ClampedArray,
        readonly width: number,
        readonly height: number,
      ) {}
    }
    Object.assign(globalThis, { ImageData });
  });
  afterAll(() => {
    if (before) Object.defineProperty(globalThis, "ImageData", before);
    else Reflect.deleteProperty(globalThis, "ImageData");
  });

  test("is read back by another decoder, and by this one", () => {
    const side = fc.integer({ min: 1, max: 9 });
    fc.assert(
      fc.property(
        side,
        side,
        fc.constantFrom(1, 3, 4),
        fc.infiniteStream(fc.nat(255)),
        (height, width, channels, drawn) => {
          const bytes = Uint8Array.from([...drawn.take(height * width * channels)]);
          const png = encodePng({ bytes, shape: [height, width, channels] });
          const {
            data,
            width: columns,
            height: rows,
          } = decode(png) as unknown as { data: Uint8Array; width: number; height: number };
          expect([rows, columns]).toEqual([height, width]);
          const pixel = (at: number): number[] => [...bytes.subarray(at * channels, (at + 1) * channels)];
          const expected = Array.from({ length: height * width }, (_, at) => {
            const [first, ...others] = pixel(at);
            return channels === 1 ? [first, first, first, 255] : [first, ...others, 255].slice(0, 4);
          });
          expect([...data]).toEqual(expected.flat());
          if (channels === 3) expect(decodePng(png, source).rgb).toEqual(bytes);
        },
      ),
      { numRuns: 300 },
    );
  });

  test.each([
    [[2, 2, 3], 11],
    [[2, 2, 2], 8],
    [[0, 2, 3], 0],
    [[1.5, 2, 1], 3],
  ] as const)("needs a shape, and bytes that fit it: %j and %d", (shape, length) => {
    expect(() => encodePng({ bytes: new Uint8Array(length), shape })).toThrow(RangeError);
  });
});
