import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { textWidth } from "../../../kernel/figure/metrics.js";

const measured = JSON.parse(
  readFileSync(new URL("../../fixtures/kernel/arial-widths.json", import.meta.url), "utf8"),
) as Record<"regular" | "bold", Record<string, number>>;

const font = (bold: boolean, family = "Helvetica, Arial") => ({ size: 1000, bold, family });

describe("textWidth", () => {
  for (const weight of ["regular", "bold"] as const) {
    it(`has the widths that a browser measures, ${weight}`, () => {
      for (const [character, width] of Object.entries(measured[weight])) {
        expect(textWidth(character, font(weight === "bold")), character).toBe(width);
      }
    });
  }

  it("adds up and scales with the size", () => {
    expect(textWidth("Wi", { ...font(false), size: 10 })).toBeCloseTo((10 * (944 + 222)) / 1000, 12);
  });

  it("gives every letter of a monospace font the same room", () => {
    const mono = font(false, "Menlo, monospace");
    expect(textWidth("iii", mono)).toBe(textWidth("WWW", mono));
  });

  it("counts combining marks and zero-width characters as nothing, and wide scripts in full", () => {
    expect(textWidth("e\u0301\u200b", font(false))).toBe(textWidth("e", font(false)));
    expect(textWidth("漢", font(false))).toBe(1000);
  });
});
