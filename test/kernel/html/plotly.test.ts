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

  it(
    "has its title in as many lines as the page is narrow, and the plot keeps its size",
    { timeout: 60_000 },
    async () => {
      const browser = await launch();
      try {
        const page = await browser.newPage({ viewport: { width: 390, height: 700 } });
        const drawn = async (text: string) => {
          const figure = { data: [{ y: [1, 2, 3] }], layout: { height: 440, title: { text } } };
          await page.setContent(
            `<!doctype html><style>${STYLE}</style>${embedFigure(figure, undefined, "")}${plotlyScripts()}`,
          );
          await page.waitForSelector(".picture", { state: "hidden" });
          const size = (selector: string) => page.locator(selector).first().boundingBox();
          const lines = await page.locator(".gtitle tspan.line, .gtitle:not(:has(tspan.line))").allTextContents();
          return { lines, title: await size(".gtitle"), figure: await size("figure"), plot: await size(".nsewdrag") };
        };
        const short = await drawn("A title <b>that fits</b>");
        expect(short.lines).toEqual(["A title that fits"]);
        const long = "A title that somebody wrote for a wide screen, <b>with words that are bold</b>";
        const { lines, title, figure, plot } = await drawn(`${long}<br>and a second line`);
        expect(lines.join(" ")).toBe(`${long.replace(/<.?b>/g, "")} and a second line`);
        expect(lines.length).toBeGreaterThan(2);
        expect(lines.at(-1)).toBe("and a second line");
        expect(title!.x).toBeGreaterThanOrEqual(figure!.x);
        expect(title!.x + title!.width).toBeLessThanOrEqual(figure!.x + figure!.width);
        expect([plot!.width, plot!.height]).toEqual([short.plot!.width, short.plot!.height]);
        expect(title!.y + title!.height).toBeLessThan(plot!.y);
      } finally {
        await browser.close();
      }
    },
  );
});
