import { descendants, elements, parseXml, textOf, writeXml } from "./xml.js";
import type { XmlElement } from "./xml.js";

/**
 * Makes plotly's SVG small and fit for any page: no classes or style rules that could meet those of the page, no empty
 * groups, ids that begin with `prefix`, attributes shared by all children written once on their group, numbers with two
 * decimals, a viewBox so that it scales.
 *
 * @param title read out in place of the picture
 * @throws Error when the source is not well-formed SVG.
 */
export function compactSvg(source: string, prefix: string, title: string): string {
  const root = parseXml(source);
  if (root.name !== "svg") throw new Error(`expected an <svg> element, found <${root.name}>`);
  widenLegends(root);
  restyle(root, new Set());
  prune(root, { fill: "#000", stroke: "none" });
  dropUnused(root);
  renameIds(root, prefix);
  hoist(root);
  simplify(root);
  const { attributes } = root;
  attributes.set("viewBox", `0 0 ${attributes.get("width") ?? 0} ${attributes.get("height") ?? 0}`);
  attributes.set("role", "img");
  attributes.set("aria-label", title);
  return writeXml(root);
}

/** Legends end where their text is measured to end; a page may set it in a wider font, which must not cut the last letters. */
function widenLegends(root: XmlElement): void {
  const clips = [...descendants(root)].filter(
    ({ name, attributes }) => name === "clipPath" && attributes.get("id")?.startsWith("legend"),
  );
  for (const { attributes } of clips.flatMap(elements))
    attributes.set("width", String(1.5 * Number(attributes.get("width"))));
}

/** Presentation attributes at their initial values, which say nothing. */
const INITIAL: Record<string, string> = {
  opacity: "1",
  "fill-opacity": "1",
  "stroke-opacity": "1",
  "stroke-width": "1",
  "stroke-dasharray": "none",
  "font-style": "normal",
  "font-weight": "normal",
  "font-variant": "normal",
  "text-anchor": "start",
  transform: "",
};

const NOT_INHERITED = new Set(["opacity", "transform"]);

/** What only an interactive plot or its style sheet uses. */
const IDLE = /^(class|style|data-.*|pointer-events|cursor|aria-.*|xmlns:.*|xlink:href)$/;

const PRESENTATION =
  /^(fill|stroke|opacity|font-(family|size|weight|style)|text-anchor|clip-path|image-rendering|visibility|display|text-decoration|stop|dominant-baseline|writing-mode|mix-blend-mode)/;

/** Turns styles and classes into attributes; `above` holds the names of the attributes set on ancestors. */
function restyle(element: XmlElement, above: ReadonlySet<string>): void {
  const { attributes } = element;
  const crisp = / crisp | bg /.test(` ${attributes.get("class") ?? ""} `);
  const link = attributes.get("xlink:href");
  const styles = declarations(attributes.get("style") ?? "");
  for (const name of [...attributes.keys()]) if (IDLE.test(name)) attributes.delete(name);
  for (const [name, value] of styles) if (PRESENTATION.test(name)) attributes.set(name, value);
  if (crisp) attributes.set("shape-rendering", "crispEdges");
  if (link !== undefined) attributes.set("href", link);
  for (const [name, value] of attributes) attributes.set(name, tidyValue(name, value));
  if (attributes.get("stroke-width") === "0") {
    for (const name of ["stroke", "stroke-opacity", "stroke-width", "stroke-dasharray"]) attributes.delete(name);
    if (above.has("stroke")) attributes.set("stroke", "none");
  }
  for (const [name, value] of Object.entries(INITIAL)) {
    // Without it an ancestor's value would show through.
    const needed = above.has(name) && !NOT_INHERITED.has(name);
    if (attributes.get(name) === value && !needed) attributes.delete(name);
  }
  if (element.name === "text" && /^\s|\s\s|\s$/.test(textOf(element))) attributes.set("xml:space", "preserve");
  const seen = new Set([...above, ...attributes.keys()]);
  for (const child of elements(element)) restyle(child, seen);
}

function declarations(style: string): [name: string, value: string][] {
  return [...style.matchAll(/([\w-]+)\s*:\s*((?:"[^"]*"|'[^']*'|\([^)]*\)|[^;"'(])*)/g)].map(
    ([, name = "", value = ""]) => [name, value.trim()],
  );
}

function tidyValue(name: string, value: string): string {
  if (/^(id|href|xmlns)$/.test(name)) return value;
  // plotly puts this word in the place of quotes, and leaves it where the window is no browser's.
  if (name === "font-family") return value.replaceAll(/"|TOBESTRIPPED/g, "");
  const tidy = value.replace(/rgb\((\d+), ?(\d+), ?(\d+)\)/g, (_, ...rgb: string[]) => hex(rgb.slice(0, 3)));
  if (/^(clip-path|fill|stroke)$/.test(name)) return tidy;
  return shortNumbers(tidy).replace(/^(-?[\d.]+)px$/, "$1");
}

function hex(channels: readonly string[]): string {
  const long = channels.map((channel) => Number(channel).toString(16).padStart(2, "0")).join("");
  return /^(.)\1(.)\2(.)\3$/.test(long) ? `#${long.charAt(0)}${long.charAt(2)}${long.charAt(4)}` : `#${long}`;
}

function shortNumbers(text: string): string {
  return text.replace(/-?\d*\.\d+(?:e[-+]?\d+)?/gi, (number) => String(Math.round(Number(number) * 100) / 100 || 0));
}

/** Fill and stroke in force at a place of the tree. */
interface Paint {
  readonly fill: string;
  readonly stroke: string;
}

const SHAPE = /^(path|rect|circle|line)$/;

/** Removes, from the leaves up, what draws nothing. */
function prune(element: XmlElement, inherited: Paint): void {
  if (element.name === "clipPath") return;
  const paint = paintOf(element, inherited);
  for (const child of elements(element)) prune(child, paint);
  element.children = element.children.filter((child) => typeof child === "string" || !isIdle(child, paint));
}

function isIdle(element: XmlElement, inherited: Paint): boolean {
  const { name, attributes, children } = element;
  if (/^(g|defs|text)$/.test(name) && children.length === 0) return true;
  if (!SHAPE.test(name)) return false;
  const { fill, stroke } = paintOf(element, inherited);
  const pointless = name === "path" && /^(|M0,0)$/.test(attributes.get("d") ?? "");
  const hidden = attributes.get("opacity") === "0" || attributes.get("display") === "none";
  return pointless || hidden || (fill === "none" && stroke === "none");
}

function paintOf({ attributes }: XmlElement, inherited: Paint): Paint {
  const visible = (name: "fill" | "stroke"): string =>
    attributes.get(`${name}-opacity`) === "0" ? "none" : (attributes.get(name) ?? inherited[name]);
  return { fill: visible("fill"), stroke: visible("stroke") };
}

/** Removes clip paths, gradients and patterns that nothing refers to. */
function dropUnused(root: XmlElement): void {
  const used = references(root);
  for (const element of descendants(root)) {
    element.children = element.children.filter(
      (child) =>
        typeof child === "string" ||
        !/^(clipPath|linearGradient|radialGradient|pattern)$/.test(child.name) ||
        used.has(child.attributes.get("id") ?? ""),
    );
  }
  prune(root, { fill: "#000", stroke: "none" });
}

const REFERENCE = /url\(["']?#([^"')]+)["']?\)/;

function references(root: XmlElement): Set<string> {
  const found = new Set<string>();
  for (const { attributes } of descendants(root)) {
    for (const [name, value] of attributes) {
      const target =
        REFERENCE.exec(value)?.[1] ?? (name === "href" && value.startsWith("#") ? value.slice(1) : undefined);
      if (target) found.add(target);
    }
  }
  return found;
}

function renameIds(root: XmlElement, prefix: string): void {
  const used = references(root);
  const names = new Map<string, string>();
  for (const { attributes } of descendants(root)) {
    const id = attributes.get("id");
    if (id === undefined) continue;
    if (used.has(id)) names.set(id, `${prefix}-${names.size}`);
    else attributes.delete("id");
  }
  const renamed = (id: string): string => names.get(id) ?? id;
  for (const { attributes } of descendants(root)) {
    for (const [name, value] of attributes) {
      if (name === "id") attributes.set(name, renamed(value));
      else if (name === "href" && value.startsWith("#")) attributes.set(name, `#${renamed(value.slice(1))}`);
      else if (REFERENCE.test(value))
        attributes.set(
          name,
          value.replace(REFERENCE, (_, id: string) => `url(#${renamed(id)})`),
        );
    }
  }
}

/** Attributes that children inherit, so that their group can hold them. */
const INHERITED = [
  "fill",
  "fill-opacity",
  "stroke",
  "stroke-opacity",
  "stroke-width",
  "stroke-linejoin",
  "stroke-miterlimit",
  "stroke-dasharray",
  "font-family",
  "font-size",
  "font-weight",
  "text-anchor",
  "shape-rendering",
];

/** Moves an attribute that all children carry alike up to their group, from the leaves to the root. */
function hoist(element: XmlElement): void {
  const carriers = elements(element).filter(({ name }) => name !== "defs" && name !== "image");
  for (const child of elements(element)) hoist(child);
  if (!/^(g|svg)$/.test(element.name)) return;
  for (const name of INHERITED) {
    const value = carriers[0]?.attributes.get(name);
    if (element.attributes.has(name) || value === undefined) continue;
    if (!carriers.every(({ attributes }) => attributes.get(name) === value)) continue;
    for (const { attributes } of carriers) attributes.delete(name);
    element.attributes.set(name, value);
  }
}

/** Replaces groups that say nothing by their children, and round markers by circles. */
function simplify(element: XmlElement): void {
  for (const child of elements(element)) simplify(child);
  element.children = element.children.flatMap((child) =>
    typeof child !== "string" && child.name === "g" && child.attributes.size === 0 ? child.children : [child],
  );
  if (element.name === "path") asCircle(element);
}

/** plotly's round markers are two arcs around the origin; a circle says the same in a third of the letters. */
function asCircle(path: XmlElement): void {
  const { attributes } = path;
  const radius = /^M([\d.]+),0A\1,\1 0 1,1 0,-\1A\1,\1 0 0,1 \1,0Z$/.exec(attributes.get("d") ?? "")?.[1];
  const [, x, y] = /^translate\((-?[\d.]+), ?(-?[\d.]+)\)$/.exec(attributes.get("transform") ?? "") ?? [];
  if (radius === undefined || x === undefined || y === undefined) return;
  path.name = "circle";
  attributes.delete("d");
  attributes.delete("transform");
  attributes.set("cx", x).set("cy", y).set("r", radius);
}
