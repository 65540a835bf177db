import { describe, expect, it } from "vitest";
import { format, formatNow } from "../../../kernel/format/index.js";

const show = async (value: unknown): Promise<string> => String((await format(value))["text/plain"]);

describe("format", () => {
  it("shows plain values as a prompt would", async () => {
    expect(await show("text")).toBe("'text'");
    expect(await show(undefined)).toBe("undefined");
    expect(await show(null)).toBe("null");
    expect(await show(12n)).toBe("12n");
    expect(await show(new Map([["a", { b: [1] }]]))).toBe("Map(1) { 'a' => { b: [ 1 ] } }");
    expect(await show(Promise.resolve(1))).toBe("Promise { 1 }");
  });

  it("goes four levels deep and no further", async () => {
    const nest = (depth: number): unknown => (depth === 0 ? "bottom" : { next: nest(depth - 1) });
    expect(await show(nest(5))).toContain("bottom");
    expect(await show(nest(6))).toContain("[Object]");
  });

  it("cuts large arrays and typed arrays", async () => {
    expect(await show(new Float32Array(1e6))).toContain("... 999900 more items");
    const wide = await show(Array.from({ length: 500 }, () => Array.from({ length: 500 }, (_, i) => i)));
    expect(wide.length).toBeLessThan(61_000);
  });

  it("cuts objects with many keys, and says how much is hidden", async () => {
    const many = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`key${i}`, i]));
    const lines = (await show(many)).split("\n");
    expect(lines.length).toBe(301);
    expect(lines.at(-1)).toMatch(/^… \d+ more lines$/);
  });

  it("shows errors with their stack and cause", async () => {
    const text = await show(new RangeError("outer", { cause: new Error("inner") }));
    expect(text).toMatch(/^RangeError: outer\n\s+at /);
    expect(text).toContain("Error: inner");
  });

  it("shows figures as Plotly JSON, SVG and words", async () => {
    const bundle = await format({ data: [{ type: "bar", y: [1] }], layout: {} });
    expect(Object.keys(bundle)).toEqual(["application/vnd.plotly.v1+json", "image/svg+xml", "text/plain"]);
  });

  it("says why a figure that contains itself is not one", async () => {
    const layout: Record<string, unknown> = {};
    layout.self = layout;
    expect(await show({ data: [], layout })).toContain("[not shown as figure: ");
  });

  it("survives values that resist being looked at", async () => {
    const hostile = new Proxy(
      {},
      {
        get: () => {
          throw new Error("get");
        },
        has: () => {
          throw new Error("has");
        },
        getPrototypeOf: () => {
          throw new Error("proto");
        },
      },
    );
    // Node 26 says that it is a proxy.
    expect(await show(hostile)).toMatch(/^(\{\}|Proxy\(\{\}\))$/);
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(await show(proxy)).toBe("<Revoked Proxy>");
    const badInspect = {
      [Symbol.for("nodejs.util.inspect.custom")]: () => {
        throw new Error("inspect");
      },
    };
    expect(await show(badInspect)).toBe("[a value that cannot be inspected]");
  });
});

describe("formatNow", () => {
  it("waits only for what has to be waited for", () => {
    expect(formatNow({ a: 1 })).toEqual({ "text/plain": "{ a: 1 }" });
    expect(formatNow({ data: [], layout: {} })).toBeInstanceOf(Promise);
  });
});
