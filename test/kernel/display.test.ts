import type * as tslab from "tslab";
import { describe, expect, expectTypeOf, it } from "vitest";
import { createDisplay } from "../../kernel/display.js";
import type { DisplayApi } from "../../kernel/display.js";
import type { DisplayMessage } from "../../kernel/mime.js";

function setUp() {
  const sent: DisplayMessage[] = [];
  return { sent, ...createDisplay((message) => sent.push(message)) };
}

const png = Uint8Array.from([0x89, 0x50]);

describe("display", () => {
  it("runs code typed against tslab", () => {
    expectTypeOf<DisplayApi["display"]>().toExtend<tslab.Display>();
    expectTypeOf<DisplayApi["newDisplay"]>().toExtend<typeof tslab.newDisplay>();
    expectTypeOf<DisplayApi["versions"]>().toExtend<typeof tslab.versions>();
  });

  it("sends text under its MIME type at once", () => {
    const { display, sent } = setUp();
    const types = {
      javascript: "application/javascript",
      html: "text/html",
      markdown: "text/markdown",
      latex: "text/latex",
      svg: "image/svg+xml",
      text: "text/plain",
    } as const;
    for (const name of Object.keys(types) as (keyof typeof types)[]) display[name](`${name} content`);
    expect(sent).toEqual(
      Object.entries(types).map(([name, type]) => ({
        data: { [type]: `${name} content` },
        metadata: {},
        update: false,
      })),
    );
  });

  it("sends bytes as base64", () => {
    const { display, sent } = setUp();
    display.png(png);
    display.jpeg(Buffer.from(png));
    display.gif(new Uint8Array(Uint8Array.from([0, 0x89, 0x50, 0]).buffer, 1, 2));
    display.pdf(png);
    expect(sent.map(({ data }) => data)).toEqual([
      { "image/png": "iVA=" },
      { "image/jpeg": "iVA=" },
      { "image/gif": "iVA=" },
      { "application/pdf": "iVA=" },
    ]);
  });

  it("passes raw content on: text, bytes, and a copy of JSON values", () => {
    const { display, sent } = setUp();
    const json = { a: [1] };
    display.raw("application/json", json);
    json.a.push(2);
    display.raw("application/vnd.x+json", null);
    display.raw("image/webp", png);
    display.raw("text/x-note", "n");
    expect(sent.map(({ data }) => data)).toEqual([
      { "application/json": { a: [1] } },
      { "application/vnd.x+json": null },
      { "image/webp": "iVA=" },
      { "text/x-note": "n" },
    ]);
  });

  it("says what it expected and what it got", () => {
    const { display, sent } = setUp();
    const wrong = display as unknown as Record<string, (...content: unknown[]) => void>;
    expect(() => wrong.html?.(5)).toThrow("display.html: expected a string, got 5");
    expect(() => wrong.png?.("iVBO")).toThrow("display.png: expected a Uint8Array of encoded bytes, got 'iVBO'");
    expect(() => wrong.raw?.("html", "x")).toThrow(`display.raw: expected a MIME type such as "text/html", got 'html'`);
    expect(() => wrong.raw?.("text/html", { a: 1 })).toThrow("display of text/html: expected a string or a Uint8Array");
    expect(() => wrong.raw?.("application/json", undefined)).toThrow("expected a JSON value, got undefined");
    expect(sent).toEqual([]);
  });

  it("formats any value when it is called, at once where nothing has to be waited for", async () => {
    const { display, sent } = setUp();
    const done = display({ a: 1 });
    expect(sent.map(({ data }) => data)).toEqual([{ "text/plain": "{ a: 1 }" }]);
    await done;
  });

  it("keeps the order of what is shown, whatever takes longer to draw", async () => {
    const { display, newDisplay, turns, sent } = setUp();
    display.text("first");
    void display({ data: [{ y: [1] }], layout: {} });
    display.text("third");
    newDisplay().text("fourth");
    expect(sent).toHaveLength(1);
    await turns.flush();
    expect(sent.map(({ data }) => data["text/plain"])).toEqual([
      "first",
      "Figure: 1 trace (scatter)",
      "third",
      "fourth",
    ]);
    display.text("fifth");
    expect(sent).toHaveLength(5);
  });
});

describe("newDisplay", () => {
  it("shows once, then replaces under its own id", async () => {
    const { newDisplay, sent } = setUp();
    const [one, other] = [newDisplay(), newDisplay()];
    one.text("0 %");
    one.html("<b>50 %</b>");
    await one("done");
    other.text("x");
    expect(sent.map(({ update }) => update)).toEqual([false, true, true, false]);
    const ids = sent.map(({ id }) => id);
    expect(ids[0]).toBeDefined();
    expect(ids.slice(1, 3)).toEqual([ids[0], ids[0]]);
    expect(ids[3]).not.toBe(ids[0]);
  });
});

describe("versions", () => {
  it("names the software in use", () => {
    expect(setUp().versions).toEqual({
      tslab: "1.0.22",
      typescript: expect.stringMatching(/^5\./) as string,
      node: process.version,
    });
  });
});
