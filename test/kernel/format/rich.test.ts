import { JSDOM } from "jsdom";
import { describe, expect, it } from "vitest";
import { format } from "../../../kernel/format/index.js";

const DISPLAY = Symbol.for("Jupyter.display");

describe('Symbol.for("Jupyter.display")', () => {
  it("shows what the method returns, bytes as base64, with text beside it", async () => {
    class Shown {
      readonly #own = "own";
      [DISPLAY]() {
        return {
          "text/html": `<i>${this.#own}</i>`,
          "image/png": Uint8Array.from([0x89, 0x50]),
          "application/json": { a: 1 },
        };
      }
    }
    expect(await format(new Shown())).toEqual({
      "text/html": "<i>own</i>",
      "image/png": "iVA=",
      "application/json": { a: 1 },
      "text/plain": "Shown {}",
    });
  });

  it("waits for a promise", async () => {
    expect(await format({ [DISPLAY]: () => Promise.resolve({ "text/plain": "later" }) })).toEqual({
      "text/plain": "later",
    });
  });

  it("shows the value and what went wrong when it fails or returns no bundle", async () => {
    const broken = (method: () => unknown) =>
      format({ id: 7, [DISPLAY]: method }).then((bundle) => bundle["text/plain"]);
    const failing = () => {
      throw new Error("no");
    };
    expect(await broken(failing)).toMatch(/id: 7[^]*\[not shown as Symbol.for\("Jupyter.display"\): no\]/);
    expect(await broken(() => 5)).toContain("expected a MIME bundle");
    expect(await broken(() => ({ "text/html": 5 }))).toContain("expected a string or bytes for text/html, got 5");
  });
});

describe("plain objects of MIME types", () => {
  it("are bundles", async () => {
    expect(await format({ "text/html": "<b>x</b>", "text/plain": "x" })).toEqual({
      "text/html": "<b>x</b>",
      "text/plain": "x",
    });
  });

  it("are data as soon as one key is none", async () => {
    expect(Object.keys(await format({ "text/html": "<b>x</b>", other: 1 }))).toEqual(["text/plain"]);
    expect(Object.keys(await format({ "a/b": "x" }))).toEqual(["text/plain"]);
    expect(Object.keys(await format({}))).toEqual(["text/plain"]);
  });

  it("that JSON cannot hold are shown as data, with the reason", async () => {
    const circle: Record<string, unknown> = {};
    circle["self"] = circle;
    for (const value of [{ n: 10n }, circle]) {
      const { "text/plain": text, ...others } = await format({ "application/json": value });
      expect(text).toMatch(/\[not shown as MIME bundle: .*(BigInt|circular)/i);
      expect(others).toEqual({});
    }
  });
});

describe("the habits of other libraries", () => {
  it("are honoured: toHTML, _repr_html_, _toHtml, elements of a document", async () => {
    for (const name of ["toHTML", "_repr_html_", "_toHtml"]) {
      expect((await format({ [name]: () => "<p>h</p>" }))["text/html"]).toBe("<p>h</p>");
    }
    const { document } = new JSDOM("<p>a</p><svg><g/></svg>").window;
    expect(await format(document.querySelector("p"))).toEqual({ "text/html": "<p>a</p>", "text/plain": "<p>" });
    expect(Object.keys(await format(document.querySelector("svg")))).toEqual(["image/svg+xml", "text/plain"]);
  });

  it("show the value when such a method returns something else", async () => {
    expect((await format({ toHTML: () => 5 }))["text/plain"]).toContain(
      "expected toHTML() to return a string, it returned number",
    );
  });
});
