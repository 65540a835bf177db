import type { ICell, INotebookContent } from "@jupyterlab/nbformat";
import { JSDOM } from "jsdom";
import { describe, expect, it } from "vitest";
import { renderPage } from "../../../kernel/html/page.js";
import type { PageOptions } from "../../../kernel/html/page.js";

const notebook = (...cells: object[]): INotebookContent => ({
  nbformat: 4,
  nbformat_minor: 5,
  metadata: {},
  cells: cells as ICell[],
});
const markdown = (source: string | string[], extra: object = {}) => ({
  cell_type: "markdown",
  metadata: {},
  source,
  ...extra,
});
const code = (source: string, outputs: object[] = [], metadata: object = {}) => ({
  cell_type: "code",
  metadata,
  source,
  outputs,
  execution_count: 1,
});
const figure = {
  output_type: "display_data",
  metadata: {},
  data: {
    "application/vnd.plotly.v1+json": { data: [], layout: {} },
    "image/svg+xml": "<svg></svg>",
    "text/plain": "F",
  },
};

function render(content: INotebookContent, options?: PageOptions) {
  const html = renderPage([{ name: "dir/01-one.ipynb", notebook: content }], options);
  return { html, document: new JSDOM(html).window.document };
}

describe("renderPage", () => {
  it("puts several notebooks on one page, with contents whose links all lead somewhere", () => {
    const html = renderPage([
      {
        name: "01-one.ipynb",
        notebook: notebook(markdown("# Same"), markdown("# Same"), markdown("## $x$ & <i>y</i>")),
      },
      { name: "02-two.ipynb", title: "Second", notebook: notebook(markdown("# Same")) },
    ]);
    const { document } = new JSDOM(html).window;
    const links = [...document.querySelectorAll("nav a")].map((a) => a.getAttribute("href") ?? "");
    expect(links.length).toBeGreaterThanOrEqual(4);
    for (const link of links) expect(document.getElementById(decodeURIComponent(link.slice(1))), link).not.toBeNull();
    const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(document.title).toBe("2 notebooks, from Same to Second");
    expect(document.querySelector("nav")?.textContent).toContain("Second");
  });

  it("has titles with formulas once in the contents, and as text in the title", () => {
    const html = renderPage([
      { name: "01.ipynb", notebook: notebook(markdown("# If $b \\ge 0 < a$ & `so` <i>on</i>"), markdown("## Next")) },
    ]);
    const { document } = new JSDOM(html).window;
    expect(document.title).toBe("If b≥0<a & so on");
    const links = [...document.querySelectorAll("nav a")];
    expect(links).toHaveLength(2);
    expect(links[0]!.querySelectorAll(".katex")).toHaveLength(1);
    expect(links[1]!.textContent).toBe("Next");
  });

  it("outlives bad links, and takes raw cells of HTML as they are", () => {
    const raw = (metadata: object) => ({ cell_type: "raw", metadata, source: "<b>bold</b>" });
    const bad = markdown("[a](100%.ipynb) ![b](attachment:100%.png)");
    const { document } = render(
      notebook(bad, raw({ raw_mimetype: "text/html" }), raw({ format: "text/html" }), raw({})),
    );
    expect(document.querySelector(".markdown a")?.textContent).toBe("a");
    expect(document.querySelectorAll("b").length).toBe(2);
  });

  it("needs nothing from outside, and carries only what it uses", () => {
    const plain = render(notebook(markdown("# T"), code("1 + 1"))).html;
    expect(plain.length).toBeLessThan(30_000);
    const full = render(notebook(markdown("$x$"), code("f", [figure]), code("g", [figure]))).html;
    expect(full.match(/id="plotly-gz"/g)).toHaveLength(1);
    expect(full.match(/<figure class="plot"/g)).toHaveLength(2);
    for (const html of [plain, full]) {
      const outside = [...html.matchAll(/(?:src|href)="([^"#]*)"|url\(([^)]{0,12})/g)].map(([, a, b]) => a ?? b ?? "");
      for (const address of outside) expect(address).toMatch(/^(data:|$)/);
    }
  });

  it("shows the title of a notebook that is alone once, where it stands; one of the page's own before it", () => {
    const titles = (...[content, options]: Parameters<typeof render>) =>
      [...render(content, options).document.querySelectorAll("h1")].map(({ textContent }) => textContent);
    const titled = notebook(markdown("# Mine"), markdown("Text"));
    expect(titles(titled)).toEqual(["Mine"]);
    expect(titles(titled, { title: "All" })).toEqual(["All", "Mine"]);
    expect(titles(notebook(markdown("## Part")))).toEqual(["Part"]);
  });

  it("leads links between notebooks to their place on the page", () => {
    const { document } = render(
      notebook(markdown("[a](./01-one.ipynb#x) [b](other.ipynb) [c](https://e.org/01-one.ipynb)")),
    );
    const hrefs = [...document.querySelectorAll("main a")].map((a) => a.getAttribute("href"));
    expect(hrefs).toEqual(["#01-one", "other.ipynb", "https://e.org/01-one.ipynb"]);
  });

  it("leads links to other files, and pictures, from where the notebook lies", () => {
    const text = "[a](../data/README.md#sizes) [b](x.csv) [c](https://e.org) [d](/root) [e](#gone) [f](?q) ![](a.png)";
    const addresses = (folder?: string) => {
      const html = renderPage([
        { name: "01.ipynb", notebook: notebook(markdown(text)), ...(folder !== undefined && { folder }) },
      ]);
      const { document } = new JSDOM(html).window;
      return [...document.querySelectorAll("main [href], main [src]")].map(
        (one) => one.getAttribute("href") ?? one.getAttribute("src"),
      );
    };
    const elsewhere = ["https://e.org", "/root", "#gone", "?q"];
    expect(addresses()).toEqual(["../data/README.md#sizes", "x.csv", ...elsewhere, "a.png"]);
    expect(addresses("")).toEqual(addresses());
    const picture = (address: string) => (address === "a.png" ? "data:image/png;base64,cG5n" : undefined);
    const shown = renderPage([{ name: "01.ipynb", notebook: notebook(markdown("![](a.png) ![](b.png)")), picture }]);
    expect(shown).toContain('src="data:image/png;base64,cG5n"');
    expect(shown).toContain('src="b.png"');
    const moved = ["../my%20work/data/README.md#sizes", "../my%20work/notebooks/x.csv", ...elsewhere];
    expect(addresses("../my work/notebooks")).toEqual([...moved, "../my%20work/notebooks/a.png"]);
  });

  it("leads links to headings, here or in another notebook, to them, as Jupyter names them", () => {
    const links = "[a](#Not-pictures?) [b](02.ipynb#Caf%C3%A9-au-lait) [c](#mine) [d](02.ipynb#gone) [e](#)";
    const html = renderPage([
      { name: "01.ipynb", notebook: notebook(markdown(links), markdown("## Not pictures?")) },
      { name: "02.ipynb", notebook: notebook(markdown('# Café au lait\n<a id="mine"></a>')) },
    ]);
    const { document } = new JSDOM(html).window;
    const hrefs = [...document.querySelectorAll("main a[href]")].map((a) => a.getAttribute("href")!);
    expect(hrefs).toEqual(["#01-not-pictures", "#02-cafe-au-lait", "#mine", "#02", "#"]);
    for (const href of hrefs.slice(0, 4)) expect(document.getElementById(href.slice(1)), href).not.toBeNull();
  });

  it("shows attachments of the cell they belong to", () => {
    const attachments = { "a b.png": { "image/png": "AA\n==" }, "v.svg": { "image/svg+xml": "<svg/>" } };
    const { document } = render(
      notebook(
        markdown("![x](attachment:a%20b.png) ![y](attachment:v.svg)", { attachments }),
        markdown("![z](attachment:v.svg)"),
      ),
    );
    const sources = [...document.querySelectorAll("img")].map((img) => img.getAttribute("src"));
    expect(sources).toEqual(["data:image/png;base64,AA==", "data:image/svg+xml;base64,PHN2Zy8+", "attachment:v.svg"]);
  });

  it("folds code away where asked, by the page or by the cell", () => {
    const cells = notebook(code("a"), code("b", [], { jupyter: { source_hidden: true } }));
    expect(render(cells).document.querySelectorAll("main details").length).toBe(1);
    expect(render(cells, { hideCode: true }).document.querySelectorAll("main details").length).toBe(2);
  });

  it("escapes titles, names and sources, takes the introduction as it is", () => {
    const { document, html } = render(notebook(code("'</script><b>'")), {
      title: "<T> & U",
      intro: "<table id='s'></table>",
    });
    expect(document.title).toBe("<T> & U");
    expect(document.querySelector("main > h1")?.textContent).toBe("<T> & U");
    expect(document.getElementById("s")).not.toBeNull();
    expect(document.querySelector(".code code")?.textContent).toBe("'</script><b>'");
    expect(html.match(/<script/g)?.length).toBe(html.match(/<\/script>/g)?.length);
  });

  it("shows raw cells, empty cells and sources in lines", () => {
    const raw = { cell_type: "raw", metadata: {}, source: "<r>" };
    const { document } = render(notebook(raw, code(""), markdown(["# A\n", "b"])));
    expect(document.querySelector("main pre")?.textContent).toBe("<r>");
    expect(document.querySelector("h1[id]")?.textContent).toBe("A");
  });

  it("takes code for TypeScript where the notebook names a language by no text", () => {
    for (const metadata of [{ language_info: { name: 5 } }, { kernelspec: { language: {} } }, { kernelspec: null }]) {
      const { document } = render({ ...notebook(code("let a = 1;")), metadata } as unknown as INotebookContent);
      expect(document.querySelector(".code .hljs-keyword")?.textContent).toBe("let");
    }
  });

  it("gives each of many equal headings an id of its own, in time that grows as they do", () => {
    const { document } = render(notebook(markdown("# a\n".repeat(20_000))));
    const ids = Array.from(document.querySelectorAll("main h1[id]"), ({ id }) => id);
    expect(new Set(ids).size).toBe(20_000);
  });

  it("refuses options it does not know", () => {
    expect(() => renderPage([], { hidecode: true } as PageOptions)).toThrow('unknown option "hidecode"');
  });
});
