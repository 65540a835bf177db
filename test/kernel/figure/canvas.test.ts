import { describe, expect, it } from "vitest";
import { parseColour, PixelContext } from "../../../kernel/figure/canvas.js";

describe("PixelContext", () => {
  it("fills rectangles in the current colour, also drawn backwards, and cuts them at the border", () => {
    const context = new PixelContext({ width: 3, height: 2 });
    context.fillStyle = "rgba(10,20,30,0.5)";
    context.fillRect(2, 2, -1, -1);
    context.fillStyle = "#fff";
    context.fillRect(2, 0, 5, 1);
    const alpha = [...context.getImageData(0, 0, 3, 2).data].filter((_, i) => i % 4 === 3);
    expect(alpha).toEqual([0, 0, 255, 0, 128, 0]);
    expect([...context.getImageData(1, 1, 1, 1).data]).toEqual([10, 20, 30, 128]);
  });

  it("takes and gives raw pixels, and forgets them when it changes its size", () => {
    const canvas = { width: 2, height: 1 };
    const context = new PixelContext(canvas);
    const image = context.createImageData(1, 1);
    image.data.set([1, 2, 3, 4]);
    context.putImageData(image, 1, 0);
    expect([...context.getImageData(0, 0, 2, 1).data]).toEqual([0, 0, 0, 0, 1, 2, 3, 4]);
    canvas.width = 4;
    expect([...context.getImageData(0, 0, 4, 1).data]).toEqual(Array(16).fill(0));
  });

  it("is a PNG data URL", () => {
    expect(new PixelContext({ width: 1, height: 1 }).toDataURL()).toMatch(/^data:image\/png;base64,iVBORw0KGgo/);
    expect(new PixelContext({ width: 0, height: 1 }).toDataURL()).toBe("data:,");
  });
});

describe("parseColour", () => {
  it("reads the notations that plotly writes", () => {
    expect(parseColour("#f80")).toEqual([255, 136, 0, 255]);
    expect(parseColour("#0072B2")).toEqual([0, 114, 178, 255]);
    expect(parseColour("rgb(1, 2, 3)")).toEqual([1, 2, 3, 255]);
    expect(parseColour("hsl(120, 100%, 25%)")).toEqual([0, 128, 0, 255]);
    expect(parseColour("hsla(0,0%,100%,0)")).toEqual([255, 255, 255, 0]);
  });

  it("names the notations it reads when it meets another", () => {
    expect(() => parseColour("tomato")).toThrow('got "tomato"');
  });
});
