import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { inspect } from "node:util";
import { formatNow } from "./format/index.js";
import type { DisplayMessage, MimeBundle } from "./mime.js";
import { Turns } from "./turns.js";

/** Shows rich content in a notebook: the methods of tslab's display, and any value by calling it. */
export interface Display {
  /** Shows any value as the last expression of a cell would show it; resolves when it has been sent. */
  (value: unknown): Promise<void>;
  readonly javascript: (source: string) => void;
  readonly html: (source: string) => void;
  readonly markdown: (source: string) => void;
  readonly latex: (source: string) => void;
  readonly svg: (source: string) => void;
  readonly png: (bytes: Uint8Array) => void;
  readonly jpeg: (bytes: Uint8Array) => void;
  readonly gif: (bytes: Uint8Array) => void;
  readonly pdf: (bytes: Uint8Array) => void;
  readonly text: (text: string) => void;
  /** Shows content of any MIME type: text, bytes (sent as base64), or for JSON types any JSON value. */
  readonly raw: (contentType: string, content: unknown) => void;
}

export interface Versions {
  readonly tslab: string;
  readonly typescript: string;
  readonly node: string;
}

/** The display API of one kernel. */
export interface DisplayApi {
  readonly display: Display;
  /** A display that shows once and from then on replaces what it has shown. */
  readonly newDisplay: () => Display;
  /** Versions of the software that runs the cells. */
  readonly versions: Versions;
  /** What was shown and is not sent yet. */
  readonly turns: Turns;
}

/** Makes the display API; `send` gets what is shown in the order in which it was shown. */
export function createDisplay(send: (message: DisplayMessage) => void): DisplayApi {
  const turns = new Turns();

  const make = (id?: string): Display => {
    let update = false;
    const deliver = (data: MimeBundle): void => {
      send({ data, metadata: {}, ...(id !== undefined && { id }), update });
      update = id !== undefined;
    };
    return displayOf((bundle) => turns.show(bundle, deliver));
  };

  return {
    display: make(),
    newDisplay: () => make(randomUUID()),
    get versions() {
      return readVersions();
    },
    turns,
  };
}

function displayOf(show: (bundle: MimeBundle | Promise<MimeBundle>) => Promise<void>): Display {
  const raw = (contentType: string, content: unknown): void =>
    void show({ [contentType]: mimeValue(contentType, content) });
  const text = (name: string, contentType: string) => (content: string) => {
    if (typeof content !== "string") throw wrongType(`display.${name}`, "a string", content);
    raw(contentType, content);
  };
  const bytes = (name: string, contentType: string) => (content: Uint8Array) => {
    if (!(content instanceof Uint8Array)) throw wrongType(`display.${name}`, "a Uint8Array of encoded bytes", content);
    raw(contentType, content);
  };
  return Object.assign((value: unknown) => show(formatNow(value)), {
    javascript: text("javascript", "application/javascript"),
    html: text("html", "text/html"),
    markdown: text("markdown", "text/markdown"),
    latex: text("latex", "text/latex"),
    svg: text("svg", "image/svg+xml"),
    png: bytes("png", "image/png"),
    jpeg: bytes("jpeg", "image/jpeg"),
    gif: bytes("gif", "image/gif"),
    pdf: bytes("pdf", "application/pdf"),
    text: text("text", "text/plain"),
    raw,
  });
}

function mimeValue(contentType: unknown, content: unknown): unknown {
  if (typeof contentType !== "string" || !/^[\w.+-]+\/[\w!#$&^.+-]+$/.test(contentType)) {
    throw wrongType("display.raw", 'a MIME type such as "text/html"', contentType);
  }
  if (content instanceof Uint8Array) return Buffer.from(content).toString("base64");
  if (typeof content === "string") return content;
  if (!/[/+]json$/.test(contentType)) throw wrongType(`display of ${contentType}`, "a string or a Uint8Array", content);
  const json = JSON.stringify(content) as string | undefined;
  if (json === undefined) throw wrongType(`display of ${contentType}`, "a JSON value", content);
  // A copy: what was shown must not change when the caller's object does.
  return JSON.parse(json);
}

function wrongType(where: string, expected: string, found: unknown): TypeError {
  const shown = inspect(found, { depth: 0, maxStringLength: 40, maxArrayLength: 3, breakLength: Infinity });
  return new TypeError(`${where}: expected ${expected}, got ${shown}`);
}

function readVersions(): Versions {
  const require = createRequire(import.meta.url);
  const tslab = require.resolve("tslab/package.json");
  const version = (file: string): string => (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
  const typescript = createRequire(tslab).resolve("@tslab/typescript-for-tslab/package.json");
  return { tslab: version(tslab), typescript: version(typescript), node: process.version };
}
