/** Values that bring their own representation. */
import type { MimeBundle } from "../mime.js";
import { hasMethods } from "./formatter.js";
import type { Formatter } from "./formatter.js";
import { inspectText } from "./inspect.js";

const DISPLAY = Symbol.for("Jupyter.display");

/** The protocol of Deno and of this kernel: a method that returns a MIME bundle, or a promise of one. */
export const displayMethod: Formatter = {
  name: 'Symbol.for("Jupyter.display")',
  matches: (value) => hasMethods(value, DISPLAY) || (typeof value === "function" && DISPLAY in value),
  format: async (value: Record<symbol, () => unknown>) => asBundle(await value[DISPLAY]?.()),
};

const MIME_TYPE = /^(text|image|audio|video|application|model|font)\/[\w!#$&^.+-]+$/;

/**
 * A plain object every key of which is a MIME type is taken for a bundle as it is: `{ "text/html": "<b>x</b>" }`. No other
 * data looks like that, and it is what an object means that says "show me as this".
 */
export const bundleObject: Formatter = {
  name: "MIME bundle",
  matches: (value) => {
    if (typeof value !== "object" || value === null) return false;
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) return false;
    const keys = Object.keys(value);
    return keys.length > 0 && keys.every((key) => MIME_TYPE.test(key));
  },
  format: (value: object) => asBundle(value),
};

/** Names under which libraries return themselves as HTML: Arquero and others; IPython; IJavascript. */
const HTML_METHODS = ["toHTML", "_repr_html_", "_toHtml"] as const;

/** An object with a method that returns HTML. */
export const htmlMethod: Formatter = {
  name: "HTML",
  matches: (value) => HTML_METHODS.some((name) => hasMethods(value, name)),
  format: async (value: Record<string, () => unknown>) => {
    const name = HTML_METHODS.find((candidate) => hasMethods(value, candidate)) ?? HTML_METHODS[0];
    const html = await value[name]?.();
    if (typeof html !== "string")
      throw new TypeError(`expected ${name}() to return a string, it returned ${typeof html}`);
    return { "text/html": html, "text/plain": inspectText(value) };
  },
};

/** An element of a document. */
export const documentElement: Formatter = {
  name: "document element",
  matches: (value) => hasMethods(value, "getAttribute") && "outerHTML" in value && typeof value.outerHTML === "string",
  format: ({ outerHTML, localName }: { outerHTML: string; localName?: string }) => {
    const type = localName === "svg" ? "image/svg+xml" : "text/html";
    return { [type]: outerHTML, "text/plain": `<${localName ?? "element"}>` };
  },
};

function asBundle(bundle: unknown): MimeBundle {
  const isObject = typeof bundle === "object" && bundle !== null && !Array.isArray(bundle);
  if (!isObject) throw new TypeError(`expected a MIME bundle { "text/html": ... }, got ${inspectText(bundle)}`);
  return Object.fromEntries(Object.entries(bundle).map(([type, value]) => [type, asMimeValue(type, value)]));
}

/** Bytes as base64; everything else as it is, checked to be text where the type asks for text, and what JSON can hold. */
function asMimeValue(type: string, value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (typeof value === "string") return value;
  if (/[/+]json$/.test(type)) {
    JSON.stringify(value); // throws for big integers and for what contains itself
    return value;
  }
  throw new TypeError(`expected a string or bytes for ${type}, got ${inspectText(value)}`);
}
