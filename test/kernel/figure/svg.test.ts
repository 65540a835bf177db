import { describe, expect, it } from "vitest";
import { compactSvg } from "../../../kernel/figure/svg.js";

const compact = (inner: string, attributes = 'width="10" height="20"'): string =>
  compactSvg(`<svg xmlns="http://www.w3.org/2000/svg" ${attributes}>${inner}</svg>`, "p", "T").replace(
    /^<svg[^>]*>|<\/svg>$/g,
    "",
  );

describe("compactSvg", () => {
  it("turns styles into attributes, drops what says nothing, shortens colours and numbers", () => {
    expect(
      compact(
        '<path class="js-line crisp" style="opacity: 1; fill: none; stroke: rgb(0, 114, 178); stroke-width: 2px" d="M0.12345,1L2,3"/><circle r="1"/>',
      ),
    ).toBe(
      '<path d="M0.12,1L2,3" fill="none" stroke="#0072b2" stroke-width="2" shape-rendering="crispEdges"/><circle r="1"/>',
    );
  });

  it("keeps an initial value that shields from an ancestor's", () => {
    expect(compact('<g font-weight="bold"><text>a<tspan font-weight="normal">b</tspan></text></g>')).toContain(
      '<tspan font-weight="normal">',
    );
  });

  it("removes what draws nothing and groups that are left empty, but keeps clip shapes", () => {
    const clip = '<clipPath id="c"><rect width="1" height="1"/></clipPath>';
    const idle =
      '<g><g/></g><path d="M0,0"/><rect style="fill: none" width="1"/><clipPath id="d"><path d="M1,1"/></clipPath>';
    expect(compact(`${clip}${idle}<g clip-path="url(#c)"><circle r="1"/></g>`)).toBe(
      '<clipPath id="p-0"><rect width="1" height="1"/></clipPath><g clip-path="url(#p-0)"><circle r="1"/></g>',
    );
  });

  it("leaves a legend room for a font that is wider than the measured one", () => {
    const clip = (id: string): string => `<clipPath id="${id}"><rect width="40" height="9"/></clipPath>`;
    const drawn = (id: string): string => `<g clip-path="url(#${id})"><circle r="1"/></g>`;
    const svg = compact(`${clip("legend1")}${clip("plot")}${drawn("legend1")}${drawn("plot")}`);
    expect(svg).toContain('<clipPath id="p-0"><rect width="60" height="9"/>');
    expect(svg).toContain('<clipPath id="p-1"><rect width="40" height="9"/>');
  });

  it("renames ids and every way of referring to them", () => {
    expect(
      compact(
        '<g id="a"><path id="b" d="M1,1H2"/></g><use xlink:href="#b"/><g clip-path="url(\'#a\')"><circle r="2"/></g>',
      ),
    ).toBe('<g id="p-0"><path id="p-1" d="M1,1H2"/></g><use href="#p-1"/><g clip-path="url(#p-0)"><circle r="2"/></g>');
  });

  it("writes an attribute that all children share once", () => {
    expect(
      compact(
        '<g id="x"><g><text fill="red" x="1">a</text><text fill="red" x="2">b</text></g><text fill="blue">c</text></g>',
      ),
    ).toBe('<g fill="red"><text x="1">a</text><text x="2">b</text></g><text fill="blue">c</text>');
  });

  it("writes round markers as circles", () => {
    expect(compact('<path d="M3,0A3,3 0 1,1 0,-3A3,3 0 0,1 3,0Z" transform="translate(1.5,-2)"/>')).toBe(
      '<circle cx="1.5" cy="-2" r="3"/>',
    );
  });

  it("keeps runs of blanks in text", () => {
    expect(compact("<text>a  b</text>")).toBe('<text xml:space="preserve">a  b</text>');
  });

  it("refuses what is not SVG", () => {
    expect(() => compactSvg("<html/>", "p", "T")).toThrow("expected an <svg> element, found <html>");
  });
});
