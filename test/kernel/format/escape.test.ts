import { JSDOM } from "jsdom";
import { expect, it } from "vitest";
import { escapeHtml } from "../../../kernel/format/escape.js";

it("comes back from an HTML parser as it was, as content and in both kinds of quotes", () => {
  const text = `<script>alert("1 & 2")</script> 'quoted' &amp;`;
  const { document } = new JSDOM(`<p a="${escapeHtml(text)}" b='${escapeHtml(text)}'>${escapeHtml(text)}</p>`).window;
  const p = document.querySelector("p");
  expect([p?.textContent, p?.getAttribute("a"), p?.getAttribute("b")]).toEqual([text, text, text]);
});
