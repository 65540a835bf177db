import { describe, expect, it } from "vitest";
import { renderMarkdown, slug } from "../../../kernel/html/markdown.js";

const context = { uniqueId: slug, link: () => undefined, image: () => undefined };
const render = (source: string): string => renderMarkdown(source, context).html;
const isMath = (source: string): boolean => render(source).includes('class="katex"');

describe("renderMarkdown", () => {
  it("renders formulas in lines, on lines of their own, and in environments", () => {
    expect(render("so $a_1 * b_1 * c$ holds")).not.toContain("<em>");
    expect(isMath("so $a_1$ holds")).toBe(true);
    expect(render("$$\na\n=\nb\n$$\n\nafter")).toMatch(/^<div class="math">.*katex-display.*<\/div><p>after<\/p>\n$/s);
    expect(render("text\n$$a$$\nmore")).toContain("katex-display");
    expect(render("\\begin{align}\na &= b \\\\\nc &= d\n\\end{align}")).toContain("katex-display");
    expect(render("- $$a$$\n- b")).toMatch(/<ul>\n<li>.*katex-display/s);
  });

  it("takes no money, code or escaped signs for formulas", () => {
    for (const source of ["it costs $5 and $6", "a \\$x\\$ b", "`$x$`", "```\n$x$\n```", "$ x $", "one $ sign"]) {
      expect(isMath(source), source).toBe(false);
    }
  });

  it("shows wrong TeX with its error instead of failing", () => {
    expect(render("$\\frac{1}$")).toContain("katex-error");
  });

  it("highlights code, keeps HTML, links addresses with a scheme only", () => {
    expect(render("```ts\nconst x = 1;\n```")).toContain('<span class="hljs-keyword">const</span>');
    expect(render("```unheard-of\na < b\n```")).toContain("a &lt; b");
    expect(render("a <b>bold</b> word")).toContain("<b>bold</b>");
    expect(render("https://example.org and README.md")).toBe(
      '<p><a href="https://example.org">https://example.org</a> and README.md</p>\n',
    );
  });

  it("says of the heads of a table that they are of columns", () => {
    expect(render("| a | b |\n| - | - |\n| 1 | 2 |").match(/<th scope="col">/g)).toHaveLength(2);
  });

  it("lists headings with their ids, without their links", () => {
    const { html, headings } = renderMarkdown("# A *b* [c](d)\n\nx\n\n## $n_+$", context);
    expect(headings.map(({ id, level }) => [id, level])).toEqual([
      ["a-b-c", 1],
      ["n", 2],
    ]);
    expect(headings[0]?.html).toBe("A <em>b</em> c");
    expect(headings[1]?.html).toContain("katex");
    expect(html).toContain('<h1 id="a-b-c">');
  });

  it("rewrites links and pictures as the context says", () => {
    const { html } = renderMarkdown("[a](x.ipynb) ![p](attachment:p.png) [b](y)", {
      ...context,
      link: (href) => (href === "x.ipynb" ? "#x" : undefined),
      image: () => "data:image/png;base64,AA==",
    });
    expect(html).toBe('<p><a href="#x">a</a> <img src="data:image/png;base64,AA==" alt="p"> <a href="y">b</a></p>\n');
  });
});

describe("slug", () => {
  it("is safe in addresses", () => {
    expect(slug("Théorème 1: <n> & n₊!")).toBe("theoreme-1-n-n");
    expect(slug("  ")).toBe("section");
    expect(slug('a"b')).toBe("a-b");
  });
});
