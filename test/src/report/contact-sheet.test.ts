import { describe, expect, test } from "vitest";
import { encodePng, Examples, stickers, type Bitmap } from "../../../src/data/index.js";
import { contactSheet, type ContactSheet } from "../../../src/report/index.js";
import { DISPLAY } from "../../../src/show/display.js";

const examples = Examples.of(stickers({ counts: [3, 2, 1, 0, 5, 1, 1, 1, 1, 1] }));

const html = (sheet: ContactSheet): string => String(sheet[DISPLAY]()["text/html"]);

const pictures = (page: string): string[] => [...page.matchAll(/base64,([^"]+)"/g)].map(([, base64]) => base64!);
const written = (picture: Bitmap): string => Buffer.from(encodePng(picture)).toString("base64");

/** Width and height of each picture, from the PNG itself. */
function sizes(page: string): [number, number][] {
  return pictures(page).map((base64) => {
    const png = Buffer.from(base64, "base64");
    expect(png.subarray(1, 4).toString("latin1")).toBe("PNG");
    return [png.readUInt32BE(16), png.readUInt32BE(20)];
  });
}

describe("contactSheet", () => {
  test("a row a class, its images a pixel apart; a class without images has none", () => {
    const page = html(contactSheet(examples, { columns: 4 }));
    expect(sizes(page)).toEqual([3, 2, 1, 4, 1, 1, 1, 1, 1].map((n) => [33 * n - 1, 32]));
    expect(page.match(/<th scope="row" /g)).toHaveLength(10);
    expect(page).toContain(">cat</th>");
  });

  test("the classes asked for, under their labels; text alone says what there is", () => {
    const sheet = contactSheet(examples, {
      classes: [4, 0],
      label: (name, c) => `${name} <${c}>`,
      caption: "Two classes",
      note: "All of them.",
    });
    expect(html(sheet)).toContain("fish &lt;4&gt;");
    expect(String(sheet)).toBe("Two classes\nfish <4>: 5 images\nbird <0>: 3 images\nAll of them.");
  });

  /** Two images of 2 x 2 pixels, whose bytes count from 1. */
  const two = (channels: number): Examples =>
    Examples.of({
      ...{ name: "two", bytes: Uint8Array.from({ length: 8 * channels }, (_, i) => i + 1) },
      ...{ shape: [2, 2, 2, channels], labels: Uint16Array.of(0, 0), classes: ["dot"] },
    });

  test.each([
    ["in grey", 1, [1, 1, 1, 2, 2, 2, 5, 5, 5, 6, 6, 6], [3, 3, 3, 4, 4, 4, 7, 7, 7, 8, 8, 8]],
    ["in colour", 3, [1, 2, 3, 4, 5, 6, 13, 14, 15, 16, 17, 18], [7, 8, 9, 10, 11, 12, 19, 20, 21, 22, 23, 24]],
    [
      "with an alpha channel, which is left away",
      4,
      [1, 2, 3, 5, 6, 7, 17, 18, 19, 21, 22, 23],
      [9, 10, 11, 13, 14, 15, 25, 26, 27, 29, 30, 31],
    ],
  ])("images %s: their pixels, and a see-through one between", (_name, channels, ...rows) => {
    const bytes = rows.flatMap((row) => {
      const pixels = Array.from({ length: 4 }, (_, i) => [...row.slice(3 * i, 3 * i + 3), 255]);
      return [...pixels.slice(0, 2), [0, 0, 0, 0], ...pixels.slice(2)].flat();
    });
    const expected = written({ bytes: Uint8Array.from(bytes), shape: [2, 5, 4] });
    expect(pictures(html(contactSheet(two(channels))))).toEqual([expected]);
  });

  test("what cannot be is refused", () => {
    expect(() => contactSheet(examples, { classes: [10] })).toThrow("there are classes 0 to 9, and no class 10");
    expect(() => contactSheet(two(2))).toThrow(
      "expected images of 1, 3 or 4 channels, which can be looked at, found 2",
    );
    expect(() => contactSheet(examples, { zoom: 0 })).toThrow("zoom must be a number > 0");
    expect(() => contactSheet(examples, { rows: 3 } as never)).toThrow('no parameter "rows"');
  });
});
