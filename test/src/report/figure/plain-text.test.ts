import { JSDOM } from "jsdom";
import { expect, test } from "vitest";
import { drawSvg } from "../../../../kernel/figure/draw.js";
import { figureJson } from "../../../../kernel/figure/figure.js";
import { classGains } from "../../../../src/report/figure/class-gains.js";
import { confusionPair } from "../../../../src/report/figure/confusion-pair.js";
import { embedding } from "../../../../src/report/figure/embedding.js";
import type { Figure } from "../../../../src/report/figure/figure.js";
import { plainText } from "../../../../src/report/figure/plain-text.js";

const classes = ["<b>bold</b>", "<a href='https://example.org'>here</a>", "R&amp;D", "a<br>b", "<5 %{x}"];

/** What a reader sees of a drawn figure, and where its links lead. */
async function drawn(figure: Figure): Promise<{ texts: string[]; links: number }> {
  const { document } = new JSDOM(await drawSvg(figureJson(figure))).window;
  const texts = Array.from(document.querySelectorAll("text"), ({ textContent }) => textContent ?? "");
  return { texts, links: document.querySelectorAll("a").length };
}

const counts = classes.map((_, c) => classes.map((__, d) => (c === d ? 3 : 1)));
const matrix = { classes, counts };
const train = classes.map((_, c) => c);
const positions = Float32Array.from({ length: 2 * classes.length }, (_, i) => i ** 2);
const shares = [classes.map((_, c) => 0.1 * c)];

test.each([
  ["classGains", classGains({ title: "F", classes, images: [9, 8, 7, 6, 5], before: shares, after: shares })],
  ["confusionPair", confusionPair({ title: "F", before: matrix, after: matrix })],
  ["embedding", embedding({ title: "F", classes, maps: [{ name: "", positions, train, test: [] }] })],
])("%s shows names of classes as they are, and makes no links of them", { timeout: 120_000 }, async (_, figure) => {
  const { texts, links } = await drawn(figure);
  for (const name of classes) expect(texts).toContain(name);
  expect(links).toBe(0);
});

test("what is shown in hover texts is no number of the point", () => {
  expect(plainText("100 %{x} & <i>")).toBe("100 &#37;{x} &amp; &lt;i>");
});
