import { JSDOM } from "jsdom";
import { describe, expect, it } from "vitest";
import { localBox, pageBox, runWidth } from "../../../kernel/figure/geometry.js";

function element(inner: string): Element {
  const { document } = new JSDOM(`<svg xmlns="http://www.w3.org/2000/svg">${inner}</svg>`).window;
  return document.querySelector("svg > *") as Element;
}

const text = (attributes: string, content = "WWWW") =>
  element(`<text font-size="10px" ${attributes}>${content}</text>`);
const width = 4 * 9.44;

describe("localBox", () => {
  it("places text by its anchor and baseline", () => {
    expect(localBox(text('x="100" y="50"'))).toEqual({ left: 100, top: 41, right: 100 + width, bottom: 52 });
    expect(localBox(text('x="100" text-anchor="end"'))).toMatchObject({ left: 100 - width, right: 100 });
    expect(localBox(text('x="100" style="text-anchor: middle"'))?.left).toBeCloseTo(100 - width / 2, 9);
  });

  it("stacks the lines of a text", () => {
    const lines = '<tspan class="line" dy="0em">WW</tspan><tspan class="line" dy="1.3em">WWWW</tspan>';
    expect(localBox(text("", lines))).toEqual({ left: 0, top: -9, right: width, bottom: 15 });
  });

  it("measures nested spans in their own size", () => {
    expect(runWidth(text("", 'WW<tspan style="font-size: 50%">WW</tspan>'))).toBeCloseTo(0.75 * width, 9);
  });

  it("joins children through their transforms, and knows no extent of nothing", () => {
    const group = element(
      '<g><rect width="2" height="4" transform="translate(10,20) rotate(90)"/><circle cx="1" cy="1" r="1"/><g/></g>',
    );
    const box = localBox(group);
    expect(box?.left).toBeCloseTo(0, 9);
    expect(box?.right).toBeCloseTo(10, 9);
    expect(box?.bottom).toBeCloseTo(22, 9);
    expect(localBox(element("<g></g>"))).toBeUndefined();
    expect(localBox(text("", ""))).toBeUndefined();
  });
});

describe("pageBox", () => {
  it("goes through the transforms of the ancestors, also about a centre", () => {
    const group = element(
      '<g transform="translate(100,0) scale(2)"><path d="M0,0H3V5" transform="rotate(180,1,1)"/></g>',
    );
    const box = pageBox(group.firstElementChild as Element);
    expect(box.left).toBeCloseTo(100 - 2, 9);
    expect(box.right).toBeCloseTo(100 + 4, 9);
    expect(box.top).toBeCloseTo(-6, 9);
  });
});
