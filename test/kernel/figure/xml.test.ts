import { describe, expect, it } from "vitest";
import { parseXml, textOf, writeXml } from "../../../kernel/figure/xml.js";

describe("parseXml and writeXml", () => {
  it("give back what they were given", () => {
    const source =
      '<svg a="1 &lt; 2 &amp; &quot;3&quot;"><g/><text xml:space="preserve"> a <tspan>b</tspan>&amp;lt; </text></svg>';
    expect(writeXml(parseXml(source))).toBe(source);
  });

  it("understand single quotes, comments, declarations, numeric and named entities", () => {
    const root = parseXml(`<?xml version="1.0"?><a x='"'><!-- <b> -->&#60;&#x3E;&nbsp;é</a>`);
    expect(textOf(root)).toBe("<>\u00a0é");
    expect(root.attributes.get("x")).toBe('"');
  });

  it("refuse what is not well-formed", () => {
    for (const bad of ["<a>", "<a></b>", "</a>", "<a b=c/>", "<a/>< b", "", "text"]) {
      expect(() => parseXml(bad), bad).toThrow("XML");
    }
  });
});
