import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { embedFigure, plotlyScripts } from "../../../kernel/html/plotly.js";
import { STYLE } from "../../../kernel/html/style.js";
import { browserPath, launch } from "../chromium.js";

describe("plotlyScripts", () => {
  it("holds plotly.js whole, in less than half its size", () => {
    const source = readFileSync(createRequire(import.meta.url).resolve("plotly.js-dist-min"));
    const scripts = plotlyScripts();
    const packed = /id="plotly-gz">([\w+/=]+)<\/script>/.exec(scripts)?.[1] ?? "";
    expect(gunzipSync(Buffer.from(packed, "base64")).equals(source)).toBe(true);
    expect(scripts.length).toBeLessThan(source.length / 2);
  });
});

describe("embedFigure", () => {
  it("describes a figure that has no picture", () => {
    expect(embedFigure({}, undefined, "Figure: <3D>")).toContain("<p>Figure: &lt;3D&gt;</p>");
  });
});

describe.skipIf(!browserPath)("a figure that becomes interactive", () => {
  it("takes the place of its picture, and is never beside it", { timeout: 60_000 }, async () => {
    const browser = await launch();
    try {
      const page = await browser.newPage();
      const figure = { data: [{ y: [1, 2, 3] }], layout: { height: 440 } };
      const picture = '<svg xmlns="http://www.w3.org/2000/svg" width="720" height="440"></svg>';
      await page.setContent(`<!doctype html><style>${STYLE}</style><main>${embedFigure(figure, picture, "A figure")}</main>
<script>
  const heights = [];
  const figure = document.querySelector("figure");
  new MutationObserver(() => heights.push(figure.offsetHeight)).observe(figure, { subtree: true, childList: true, attributes: true });
</script>${plotlyScripts()}`);
      await page.waitForSelector(".picture", { state: "hidden" });
      await page.waitForSelector(".main-svg", { state: "visible" });
      expect(await page.evaluate("[...new Set(heights)]")).toEqual([440]);
      // plotly.js styles what it draws by classes of its own: titles and legends lie over the plot.
      const over = 'getComputedStyle(document.querySelectorAll(".main-svg")[1]).position';
      expect(await page.evaluate(over)).toBe("absolute");
    } finally {
      await browser.close();
    }
  });
});
