import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { embedFigure, plotlyScripts } from "../../../kernel/html/plotly.js";

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
