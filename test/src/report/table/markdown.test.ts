import fc from "fast-check";
import { JSDOM } from "jsdom";
import MarkdownIt from "markdown-it";
import { describe, expect, test } from "vitest";
import { table } from "../../../../src/report/table.js";

const render = (markdown: string): Document =>
  new JSDOM(new MarkdownIt({ html: true }).render(markdown)).window.document;
const cells = (document: Document): string[] =>
  [...document.querySelectorAll("td")].map(({ textContent }) => textContent ?? "");

describe("markdown", () => {
  test("another program shows every text as it is, in its own cell", () => {
    const text = fc
      .string({ unit: fc.constantFrom(..."ab1 |\\`*_[]()<>~$&#+-=.!:;/\"'{}^%ρ±"), maxLength: 12 })
      .map((found) => found.trim())
      .filter((found) => found !== "");
    fc.assert(
      fc.property(text, text, text, (head, cell, note) => {
        const document = render(table([{ [head]: cell, [`${head}2`]: "end" }], { caption: head, note }).markdown());
        expect([...document.querySelectorAll("th")].map(({ textContent }) => textContent)).toEqual([head, `${head}2`]);
        expect(cells(document)).toEqual([cell, "end"]);
        const around = [...document.querySelectorAll("p")].map(({ textContent }) => textContent);
        expect(around).toEqual([head, note]);
      }),
      { numRuns: 50 },
    );
  });

  test("numbers stand to the right, texts to the left, and lines do not break", () => {
    const document = render(table([{ method: "CE\n+ SSP", error: { value: 26.5, error: 0.2 } }]).markdown());
    const sides = [...document.querySelectorAll("td")].map((cell) => cell.getAttribute("style"));
    expect(sides).toEqual(["text-align:left", "text-align:right"]);
    expect(cells(document)).toEqual(["CE + SSP", "26.50 ± 0.20"]);
  });

  test("a heading of rows is bold and alone in its row", () => {
    const document = render(table([{ set: "a|b", x: 1, y: 2 }], { groupBy: "set", caption: "Two" }).markdown());
    expect([...document.querySelectorAll("strong")].map(({ textContent }) => textContent)).toEqual(["Two", "a|b"]);
    expect(cells(document)).toEqual(["a|b", "", "1", "2"]);
  });
});
