import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { JSDOM } from "jsdom";
import { describe, expect, it } from "vitest";
import { drawSvg } from "../../../kernel/figure/draw.js";
import { figureJson } from "../../../kernel/figure/figure.js";
import type { Figure } from "../../../kernel/figure/figure.js";
import { decodePng } from "./decode-png.js";
import { gallery } from "./gallery.js";

const draw = (figure: Figure): Promise<string> => drawSvg(figureJson(figure));

const parse = (svg: string): Element =>
  new new JSDOM().window.DOMParser().parseFromString(svg, "image/svg+xml").documentElement;

/** Names a picture by its pixels: the bytes of the same PNG differ between versions of zlib. */
function pixelsOf(base64: string): string {
  const { width, height, pixels } = decodePng(Buffer.from(base64, "base64"));
  return `png:${width}x${height}:${createHash("sha256").update(Uint8Array.from(pixels)).digest("hex")}`;
}

/** A golden drawing; to accept a change, look at NAME-changed.svg and rename it. */
function expectGolden(name: string, svg: string): void {
  const golden = new URL(`./__snapshots__/${name}.svg`, import.meta.url);
  const changed = new URL(`./__snapshots__/${name}-changed.svg`, import.meta.url);
  const normal = svg
    .replace(/data:image\/png;base64,([\w+/=]+)/g, (_, base64: string) => pixelsOf(base64))
    .replace(/-?\d+\.\d+/g, (number) => String(Number(Number(number).toFixed(3))))
    .replaceAll("><", ">\n<");
  const same = existsSync(golden) && readFileSync(golden, "utf8") === `${normal}\n`;
  if (same) rmSync(changed, { force: true });
  else writeFileSync(changed, `${normal}\n`);
  expect(same, `${name}.svg differs: see ${name}-changed.svg beside it`).toBe(true);
}

describe("drawSvg", () => {
  for (const [name, figure] of Object.entries(gallery)) {
    it(`draws ${name} as the golden drawing shows`, async () => expectGolden(name, await draw(figure)));
  }

  it("gives the same bytes for the same figure, whatever was drawn between", async () => {
    const { lines, bar, log } = gallery as Record<string, Figure> & Record<"lines" | "bar" | "log", Figure>;
    const first = await draw(lines);
    await draw(bar);
    await draw(log);
    expect(await draw(lines)).toBe(first);
  });

  it("shares no id between figures, refers only to ids it has, and leaves no class or style", async () => {
    const seen = new Set<string>();
    for (const figure of Object.values(gallery)) {
      const svg = await draw(figure);
      const ids = [...svg.matchAll(/ id="([^"]+)"/g)].map(([, id]) => String(id));
      const targets = [...svg.matchAll(/url\(#([^)]+)\)/g)].map(([, id]) => String(id));
      for (const target of targets) expect(ids).toContain(target);
      for (const id of ids) expect(seen.has(id)).toBe(false);
      ids.forEach((id) => seen.add(id));
      expect(svg).not.toMatch(/ (class|style|data-[\w-]+)=|<style|<script|TOBESTRIPPED/);
    }
    expect(seen.size).toBeGreaterThan(5);
  });

  it("is well-formed, scales, and is announced by its title", async () => {
    const root = parse(await draw({ data: [{ y: [1, 2] }], layout: { title: { text: "A <b>&</b> B" }, width: 500 } }));
    expect(root.localName).toBe("svg");
    expect(root.getAttribute("viewBox")).toBe("0 0 500 440");
    expect(root.getAttribute("aria-label")).toBe("A & B");
  });

  it("makes room for long legend entries by their width in Helvetica", async () => {
    const legendLeft = async (name: string): Promise<number> => {
      const svg = await draw({
        data: [
          { y: [1, 2], name },
          { y: [2, 1], name },
        ],
        layout: {},
      });
      // The plot's own clip rectangle is as wide as the legend leaves it.
      return Number(/<clipPath[^>]*><rect width="([\d.]+)"/.exec(svg)?.[1]);
    };
    const [narrow, wide] = [await legendLeft("iiiiiiiiii"), await legendLeft("WWWWWWWWWW")];
    // Ten letters at 13 px: i is 0.222 em wide, W 0.944.
    expect(narrow - wide).toBeGreaterThan(10 * 13 * 0.722 * 0.95);
    expect(narrow - wide).toBeLessThan(10 * 13 * 0.722 * 1.05);
  });

  it("holds legend entries to the width that was laid out for them, whatever font a page has", async () => {
    const data = ["WWWW", "WWWW<b>W</b>", "a<br>b"].map((name) => ({ y: [1, 2], name }));
    const lengths = (await draw({ data, layout: {} })).match(/textLength="[\d.]+"/g);
    // 13 px letters of 0.944 em; lines below one another are left as they are.
    expect(lengths).toEqual(['textLength="49.1"', 'textLength="61.4"']);
  });

  it("leaves nothing of what plotly writes for quotes", async () => {
    const svg = await draw({ data: [{ y: [1, 2] }], layout: { template: {}, font: { family: '"My Font", serif' } } });
    expect(svg).toContain('font-family="My Font, serif"');
    expect(svg).not.toContain("TOBESTRIPPED");
  });

  it("draws scattergl as vectors", async () => {
    const svg = await draw({ data: [{ type: "scattergl", y: [1, 2, 3], mode: "markers" }], layout: {} });
    expect(svg.match(/<circle /g)).toHaveLength(3);
  });

  it("draws what the layout sets rather than the theme", async () => {
    const svg = await draw({ data: [{ y: [1, 2] }], layout: { colorway: ["#123456"], paper_bgcolor: "#fedcba" } });
    expect(svg).toContain("#123456");
    expect(svg).toContain("#fedcba");
    expect(svg).not.toContain("#0072b2");
  });
});
