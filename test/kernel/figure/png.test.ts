import { describe, expect, it } from "vitest";
import { encodePng } from "../../../kernel/figure/png.js";
import { decodePng } from "./decode-png.js";

describe("encodePng", () => {
  it("keeps every pixel of a picture with few colours, as a palette", () => {
    const pixels = [255, 0, 0, 255, 0, 255, 0, 128, 255, 0, 0, 255, 0, 0, 0, 0, 1, 2, 3, 4, 255, 0, 0, 255];
    const read = decodePng(encodePng(Uint8Array.from(pixels), 3, 2));
    expect(read).toEqual({ width: 3, height: 2, pixels, chunks: ["IHDR", "PLTE", "tRNS", "IDAT", "IEND"] });
  });

  it("keeps every pixel of a picture with many colours", () => {
    const pixels = Array.from({ length: 4 * 20 * 20 }, (_, i) => ((i * 7919) % 256) ^ ((i >> 4) & 255));
    const read = decodePng(encodePng(Uint8ClampedArray.from(pixels), 20, 20));
    expect(read.pixels).toEqual(pixels);
    expect(read.chunks).toEqual(["IHDR", "IDAT", "IEND"]);
  });

  it("says what is wrong with sizes that do not fit", () => {
    expect(() => encodePng(new Uint8Array(4), 2, 1)).toThrow("2 x 1 pixels are 8 bytes of RGBA, got 4");
    expect(() => encodePng(new Uint8Array(0), 0, 1)).toThrow("at least 1 pixel");
  });
});
