import { beforeAll, describe, expect, it } from "vitest";
import { startKernel, type TestKernel } from "../kernel.js";

let kernel: TestKernel;
beforeAll(async () => {
  kernel = await startKernel();
});

const shown = async (code: string): Promise<Record<string, unknown>> => {
  const { result, traceback } = await kernel.run(code);
  if (!result) throw new Error(`${code} showed nothing\n${traceback}`);
  return result;
};

describe("the last expression of a cell is shown:", () => {
  it("an arquero table as an HTML table, with text beside it", async () => {
    const bundle = await shown("import * as aq from 'arquero'; aq.table({ name: ['<a>', 'b'], n: [1, 2] })");
    expect(bundle["text/html"]).toMatch(/<table[^]*&lt;a&gt;[^]*<\/table>/);
    expect(bundle["text/plain"]).toMatch(/name[^]*<a>/);
  });

  it("a danfojs data frame as an HTML table, with text beside it", async () => {
    const bundle = await shown("import * as dfd from 'danfojs-node'; new dfd.DataFrame({ a: [1, 2], b: ['x', 'y'] })");
    expect(bundle["text/html"]).toMatch(/<table[^]*<th[^]*b[^]*x[^]*<\/table>/);
    expect(bundle["text/plain"]).toMatch(/a[^]*b[^]*x/);
  });

  it("a tensor with shape, type and a preview", async () => {
    const bundle = await shown("import * as tf from '@tensorflow/tfjs'; tf.tensor2d([[1.5, 2], [3, 4]])");
    expect(bundle["text/plain"]).toMatch(/^Tensor float32 \[2, 2\]\n[^]*1\.5/);
    expect((await shown("tf.zeros([1000, 1000])"))["text/plain"]).toMatch(/1000/);
    expect(String((await shown("tf.zeros([1000, 1000])"))["text/plain"]).length).toBeLessThan(5000);
  });

  it("a figure as Plotly, SVG and text", async () => {
    const bundle = await shown(
      "({ data: [{ type: 'scatter', x: [1, 2, 3], y: [2, 1, 3] }], layout: { title: { text: 'A title' } } })",
    );
    expect(Object.keys(bundle).sort()).toEqual(["application/vnd.plotly.v1+json", "image/svg+xml", "text/plain"]);
    expect(bundle["application/vnd.plotly.v1+json"]).toMatchObject({ data: [{ x: [1, 2, 3] }] });
    expect(bundle["image/svg+xml"]).toMatch(/^<svg[^]*A title[^]*<\/svg>\s*$/);
  });

  it("a promise by what it resolves to", async () => {
    expect((await shown("Promise.resolve([1, 2])"))["text/plain"]).toBe("[ 1, 2 ]");
    expect((await shown("Promise.resolve(aq.table({ a: [1] }))"))["text/html"]).toContain("<table");
  });

  it("promises and timers within another value, without the kernel's own notes on them", async () => {
    const text = (await shown("[Promise.resolve(1), setTimeout(() => 1, 1)]"))["text/plain"];
    expect(text).toContain("Timeout");
    expect(text).not.toMatch(/cell\[|interrupted|ResourceStore/);
  });

  it("whatever Symbol.for('Jupyter.display') says, now or later", async () => {
    expect(
      await shown("({ [Symbol.for('Jupyter.display')]: () => ({ 'text/html': '<i>own</i>', 'text/plain': 'own' }) })"),
    ).toEqual({
      "text/html": "<i>own</i>",
      "text/plain": "own",
    });
    const later =
      "class Later { async [Symbol.for('Jupyter.display')]() { return { 'text/markdown': '*later*' } } }\nnew Later()";
    expect((await shown(later))["text/markdown"]).toBe("*later*");
  });

  it("an object of MIME types as they are", async () => {
    expect((await shown("({ 'text/html': '<b>bold</b>' })"))["text/html"]).toBe("<b>bold</b>");
  });

  it("an error that is a value as text", async () => {
    expect((await shown("new TypeError('only a value')"))["text/plain"]).toContain("TypeError: only a value");
  });

  it.each([
    ["new Map([['k', 1]])", "Map(1) { 'k' => 1 }"],
    ["[undefined, null, -0, 10n]", "[ undefined, null, -0, 10n ]"],
    ["new Uint8Array([1, 2])", "Uint8Array(2) [ 1, 2 ]"],
    ["function named() {}; named", "[Function: named]"],
    ["Symbol('s')", "Symbol(s)"],
    ["class K {}; K", "[class K]"],
  ])("%s as Node's inspect does", async (code, text) => {
    expect((await shown(code))["text/plain"]).toBe(text);
  });

  it("without end: a cycle, a huge array, a long string, an object with a hostile getter", async () => {
    for (const code of [
      "const cycle: any = {}; cycle.self = cycle; cycle",
      "Array.from({ length: 1e6 }, (_, i) => i)",
      "'x'.repeat(5e6)",
      "({ get bad() { throw new Error('getter') } })",
      "new Proxy({}, { has() { throw new Error('trap') }, ownKeys() { throw new Error('trap') } })",
    ])
      expect(String((await shown(code))["text/plain"]).length).toBeLessThan(70_000);
  });
});
