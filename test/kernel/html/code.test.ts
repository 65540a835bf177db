import { expect, it } from "vitest";
import { highlight } from "../../../kernel/html/code.js";

it("marks tokens up and escapes the rest, also of languages it does not know", () => {
  expect(highlight("let x: A<B> = `<b>`;", "typescript")).toContain('<span class="hljs-string">`&lt;b&gt;`</span>');
  expect(highlight("<b>", "unheard-of")).toBe("&lt;b&gt;");
});
