import { JSDOM } from "jsdom";
import { expect, it } from "vitest";
import { renderContents } from "../../../kernel/html/contents.js";

it("lists chapters and their headings to the third level, a title only once", () => {
  const headings = [
    { id: "a-t", level: 1, html: "T &amp; U", text: "T & U" },
    { id: "a-s", level: 2, html: "<em>S</em>", text: "S" },
    { id: "a-d", level: 4, html: "Deep", text: "Deep" },
  ];
  const { document } = new JSDOM(renderContents([{ id: "a", title: "T & U", headings }])).window;
  const links = [...document.querySelectorAll("a")].map((a) => [a.getAttribute("href"), a.textContent]);
  expect(links).toEqual([
    ["#a", "T & U"],
    ["#a-s", "S"],
  ]);
});
