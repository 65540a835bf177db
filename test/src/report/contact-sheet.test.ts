import { describe, expect, test } from "vitest";
import { Examples, stickers } from "../../../src/data/index.js";
import { contactSheet, type ContactSheet } from "../../../src/report/index.js";
import { DISPLAY } from "../../../src/show/display.js";

const examples = Examples.of(stickers({ counts: [3, 2, 1, 0, 5, 1, 1, 1, 1, 1] }));

const html = (sheet: ContactSheet): string => String(sheet[DISPLAY]()["text/html"]);

/** Width and height of each picture, from the PNG itself. */
function sizes(page: string): [number, number][] {
  return [...page.matchAll(/base64,([^"]+)"/g)].map(([, base64]) => {
    const png = Buffer.from(base64!, "base64");
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

  test("grey images", () => {
    const bytes = Uint8Array.from({ length: 8 }, (_, i) => 30 * i);
    const grey = Examples.of({
      name: "grey",
      bytes,
      shape: [2, 2, 2, 1],
      labels: Uint16Array.of(0, 0),
      classes: ["dot"],
    });
    expect(sizes(html(contactSheet(grey)))).toEqual([[5, 2]]);
  });

  test("what cannot be is refused", () => {
    expect(() => contactSheet(examples, { classes: [10] })).toThrow("there are classes 0 to 9, and no class 10");
    expect(() => contactSheet(examples, { zoom: 0 })).toThrow("zoom must be a number > 0");
    expect(() => contactSheet(examples, { rows: 3 } as never)).toThrow('no parameter "rows"');
  });
});
