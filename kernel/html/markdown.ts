import MarkdownIt from "markdown-it";
import type { Token } from "markdown-it";
import { escapeHtml } from "../format/escape.js";
import { highlight } from "./code.js";
import { mathPlugin, mathText } from "./math.js";

/** A heading of the page, for its table of contents. */
export interface Heading {
  readonly id: string;
  /** 1 to 6. */
  readonly level: number;
  /** The heading's content without links, as HTML. */
  readonly html: string;
  /** The same as plain text. */
  readonly text: string;
}

export interface MarkdownContext {
  /** Makes an id from a heading's text that no other element of the page has. */
  readonly uniqueId: (text: string) => string;
  /** The address to use for one found in a link; undefined leaves it as it is. */
  readonly link: (href: string) => string | undefined;
  /** The address to use for the picture called `src`; undefined leaves it as it is. */
  readonly image: (src: string) => string | undefined;
}

const markdown = new MarkdownIt({
  // As in Jupyter: a notebook's author may write HTML.
  html: true,
  linkify: true,
  highlight: (source, language) => highlight(source, language),
}).use(mathPlugin);
// Addresses with a scheme only: README.md is a file, not a site in Moldova.
markdown.linkify.set({ fuzzyLink: false, fuzzyEmail: false });

/** Renders one Markdown cell, and lists its headings. */
export function renderMarkdown(source: string, context: MarkdownContext): { html: string; headings: Heading[] } {
  const tokens = markdown.parse(source, {});
  const headings: Heading[] = [];
  for (const [index, token] of tokens.entries()) {
    if (token.type === "heading_open") {
      const inline = tokens[index + 1];
      const id = context.uniqueId(content(inline));
      token.attrSet("id", id);
      const html = markdown.renderer.render(inline?.children ?? [], markdown.options, {}).replace(/<\/?a\b[^>]*>/g, "");
      headings.push({
        id,
        level: Number(token.tag.slice(1)),
        html,
        text: (inline?.children ?? []).map(plain).join(""),
      });
    }
    if (token.type === "th_open") token.attrSet("scope", "col");
    for (const child of token.children ?? []) {
      if (child.type === "link_open") rewrite(child, "href", context.link);
      if (child.type === "image") rewrite(child, "src", context.image);
    }
  }
  return { html: markdown.renderer.render(tokens, markdown.options, {}), headings };
}

/** The parts of addresses that lead to the headings of a Markdown cell, see `slug`. */
export function headingSlugs(source: string): string[] {
  const tokens = markdown.parse(source, {});
  return tokens.flatMap(({ type }, index) => (type === "heading_open" ? [slug(content(tokens[index + 1]))] : []));
}

function content(inline: Token | undefined): string {
  return (inline?.children ?? []).map((child) => child.content).join("");
}

function plain({ type, content }: Token): string {
  if (type.startsWith("math_")) return mathText(content);
  return type === "softbreak" ? " " : type === "html_inline" ? "" : content;
}

function rewrite(token: Token, name: string, map: (address: string) => string | undefined): void {
  const address = map(String(token.attrGet(name) ?? ""));
  if (address !== undefined) token.attrSet(name, address);
}

/** A heading's text as the part of an address: letters, digits and hyphens. */
export function slug(text: string): string {
  const words =
    text
      .normalize("NFKD")
      .replace(/\p{M}/gu, "")
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? [];
  return escapeHtml(words.join("-")) || "section";
}
