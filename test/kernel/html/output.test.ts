import type { IOutput } from "@jupyterlab/nbformat";
import { describe, expect, it } from "vitest";
import { renderOutputs } from "../../../kernel/html/output.js";

const render = (...outputs: object[]): string => renderOutputs(outputs as IOutput[], (source) => `<md>${source}</md>`);
const show = (data: object): string => render({ output_type: "display_data", data, metadata: {} });

describe("renderOutputs", () => {
  it("joins pieces of one stream before it takes back what was overwritten", () => {
    expect(
      render(
        { output_type: "stream", name: "stdout", text: ["1 %", "\r"] },
        { output_type: "stream", name: "stdout", text: "2 %\n" },
        { output_type: "stream", name: "stderr", text: "<oh>" },
      ),
    ).toBe('<pre class="stdout">2 %\n</pre>\n<pre class="stderr">&lt;oh&gt;</pre>');
  });

  it("shows the traceback of an error, or else its name and message", () => {
    const error = { output_type: "error", ename: "E", evalue: "<v>" };
    expect(render({ ...error, traceback: ["\u001b[31mE\u001b[0m: v", " at x"] })).toContain(
      '<span class="ansi-fg-1">E</span>: v\n at x',
    );
    expect(render({ ...error, traceback: [] })).toContain("E: &lt;v&gt;");
  });

  it("picks the richest representation", () => {
    expect(show({ "text/plain": "t", "text/html": ["<b>", "h</b>"], "image/png": "AA==" })).toBe(
      '<div class="rich"><b>h</b></div>',
    );
    expect(show({ "text/plain": "t", "image/svg+xml": "<svg/>", "image/png": "AA==" })).toContain("<svg/>");
    expect(show({ "text/plain": '<"alt">', "image/png": "AA\n==\n" })).toBe(
      '<img src="data:image/png;base64,AA==" alt="&lt;&quot;alt&quot;&gt;">',
    );
    expect(show({ "text/markdown": "*m*", "text/plain": "t" })).toBe('<div class="rich"><md>*m*</md></div>');
    expect(show({ "text/latex": "$$x^2$$" })).toContain("katex-display");
    expect(show({ "application/json": { a: "<" } })).toContain("&lt;");
    expect(show({ "text/plain": "<t>" })).toBe('<pre class="result">&lt;t&gt;</pre>');
    expect(show({ "application/x-unknown": "?" })).toBe("");
  });

  it("shows a figure's picture and carries its data, which cannot end the script", () => {
    const html = show({
      "application/vnd.plotly.v1+json": { data: [{ name: "</script><b>" }], layout: {} },
      "image/svg+xml": "<svg/>",
      "text/plain": "Figure: T",
    });
    expect(html).toContain('<div class="picture"><svg/></div>');
    expect(html.match(/<\/script>/g)).toHaveLength(1);
    expect(html).toContain('aria-label="Figure: T"');
    const json = /<script type="application\/json">(.*)<\/script>/.exec(html)?.[1] ?? "";
    expect(JSON.parse(json)).toEqual({ data: [{ name: "</script><b>" }], layout: {} });
  });
});
