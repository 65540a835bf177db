import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { gunzipSync } from "node:zlib";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
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

  it("has the frames of an animation", { timeout: 60_000 }, async () => {
    const browser = await launch();
    try {
      const page = await browser.newPage();
      const figure = {
        data: [{ y: [1, 2] }],
        layout: { height: 440 },
        frames: [{ name: "1990", data: [{ y: [2, 1] }] }],
      };
      await page.setContent(`<!doctype html>${embedFigure(figure, undefined, "A figure")}${plotlyScripts()}`);
      await page.waitForSelector(".picture", { state: "hidden" });
      expect(
        await page.evaluate('document.querySelector(".drawing, .js-plotly-plot")._transitionData._frames[0].name'),
      ).toBe("1990");
    } finally {
      await browser.close();
    }
  });
});

describe.skipIf(!browserPath)("a figure on a narrow page", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  }, 60_000);
  afterAll(() => browser.close());

  async function drawn(layout: object) {
    const page = await browser.newPage({ viewport: { width: 390, height: 700 } });
    const figure = embedFigure({ data: [{ y: [1, 2, 3] }], layout: { height: 440, ...layout } }, undefined, "");
    await page.setContent(`<!doctype html><style>${STYLE}</style>${figure}${plotlyScripts()}`);
    await page.waitForSelector(".picture", { state: "hidden" });
    const box = async (selector: string) => (await page.locator(selector).first().boundingBox())!;
    const title = page.locator(".gtitle tspan.line, .gtitle:not(:has(tspan.line))");
    return { box, lines: () => title.allTextContents(), close: () => page.close() };
  }
  type Drawn = Awaited<ReturnType<typeof drawn>>;

  async function expectInside({ box }: Drawn, selector: string): Promise<void> {
    const [inner, outer] = [await box(selector), await box("figure")];
    expect(inner.x).toBeGreaterThanOrEqual(outer.x);
    expect(inner.x + inner.width).toBeLessThanOrEqual(outer.x + outer.width);
  }

  it("has its title in as many lines as it needs, and the plot keeps its size", { timeout: 60_000 }, async () => {
    const short = await drawn({ title: { text: "A title <b>that fits</b>" } });
    expect(await short.lines()).toEqual(["A title that fits"]);
    const text = "A title that somebody wrote for a wide screen, <b>with words that are bold</b><br>and a second line";
    const long = await drawn({ title: { text } });
    const lines = await long.lines();
    expect(lines.join(" ")).toBe(text.replace(/<.?b>/g, "").replace("<br>", " "));
    expect(lines.length).toBeGreaterThan(2);
    expect(lines.at(-1)).toBe("and a second line");
    await expectInside(long, ".gtitle");
    const [title, plot, whole] = [await long.box(".gtitle"), await long.box(".nsewdrag"), await short.box(".nsewdrag")];
    expect([plot.width, plot.height]).toEqual([whole.width, whole.height]);
    expect(title.y + title.height).toBeLessThan(plot.y);
    await Promise.all([short.close(), long.close()]);
  });

  it("fills the lines of a title that was broken for a wider one", { timeout: 60_000 }, async () => {
    const bold = ["Failure falls exponentially with the amount", "of data, faster than promised, and no", "further"];
    const text = [...bold.map((line) => `<b>${line}</b>`), '<span style="font-size:13px">detail</span>'].join("<br>");
    const made = await drawn({ title: { text, x: 0, xanchor: "left", pad: { l: 8 } } });
    const lines = await made.lines();
    expect(lines.at(-1)).toBe("detail");
    expect(lines.slice(0, -1).join(" ")).toBe(bold.join(" "));
    expect(lines.length).toBeLessThanOrEqual(4);
    await expectInside(made, ".gtitle");
    await made.close();
  });

  it("keeps its notes: along their arrow, or in more lines", { timeout: 60_000 }, async () => {
    const xaxis = { range: [0, 2] };
    const note = { x: 2, y: 2, text: "least variance at the last one", ax: 30, ay: -30 };
    const arrow = await drawn({ xaxis, annotations: [note] });
    await expectInside(arrow, ".annotation-text");
    const plain = await drawn({ xaxis, annotations: [{ ...note, showarrow: false, xanchor: "left", x: 1.5 }] });
    await expectInside(plain, ".annotation-text");
    expect((await plain.box(".annotation-text")).height).toBeGreaterThan((await arrow.box(".annotation-text")).height);
    await Promise.all([arrow.close(), plain.close()]);
  });
});
