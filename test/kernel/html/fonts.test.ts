import { describe, expect, it } from "vitest";
import { mathStyles } from "../../../kernel/html/fonts.js";

describe("mathStyles", () => {
  it("holds its fonts, all as woff2, and refers to no file", () => {
    const css = mathStyles('<span class="mathcal"></span>');
    const addresses = [...css.matchAll(/url\(([^)]{0,30})/g)].map(([, address]) => address ?? "");
    expect(addresses.length).toBeGreaterThan(10);
    for (const address of addresses) expect(address).toMatch(/^data:font\/woff2;base64,d09GMg/);
    expect(css).toContain("KaTeX_Caligraphic;");
  });

  it("leaves out the fonts that a page does not use", () => {
    expect(mathStyles("").length).toBeLessThan(mathStyles("mathcal mathfrak mathsf mathscr mathtt").length * 0.8);
    expect(mathStyles("")).not.toContain("@font-face{font-family:KaTeX_Fraktur");
  });
});
