/**
 * Bounding boxes of SVG elements, for a DOM that draws nothing: text is measured by its letters, shapes by their outline
 * (without the width of its stroke, as in browsers).
 */
import { ascent, descent, textWidth } from "./metrics.js";
import type { Font } from "./metrics.js";
import { polylines } from "./path.js";

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Affine map (x, y) -> (a x + c y + e, b x + d y + f). */
type Matrix = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

const identity: Matrix = [1, 0, 0, 1, 0, 0];

/** Box of `element` in its own coordinates, before its own transform; undefined when it has no extent at all. */
export function localBox(element: Element): Box | undefined {
  switch (element.localName) {
    case "text":
    case "tspan":
      return textBox(element);
    case "rect":
    case "image":
      return sizedBox(element);
    case "circle":
      return around(number(element, "cx"), number(element, "cy"), number(element, "r"));
    case "line":
      return ofPoints([number(element, "x1"), number(element, "y1"), number(element, "x2"), number(element, "y2")]);
    case "path":
      return ofPoints(polylines(element.getAttribute("d") ?? "").flat(2));
    case "defs":
    case "clipPath":
    case "title":
      return undefined;
    default:
      return childrenBox(element);
  }
}

/** Box of `element` on the page: its own box through its and its ancestors' transforms. */
export function pageBox(element: Element): Box {
  let box = localBox(element) ?? { left: 0, top: 0, right: 0, bottom: 0 };
  for (let node: Element | null = element; node !== null && node.localName !== "svg"; node = node.parentElement) {
    box = mapBox(box, parseTransform(node.getAttribute("transform")));
  }
  return box;
}

function childrenBox(element: Element): Box | undefined {
  let union: Box | undefined;
  for (const child of element.children) {
    const box = localBox(child);
    if (box === undefined) continue;
    const placed = mapBox(box, parseTransform(child.getAttribute("transform")));
    union = union === undefined ? placed : join(union, placed);
  }
  return union;
}

function textBox(element: Element): Box | undefined {
  const lines = [...element.children].filter((child) => child.classList.contains("line"));
  if (lines.length === 0) return lineBox(element, number(element, "x"), baseline(element));
  return lines
    .map((line) => lineBox(line, number(line, "x", number(element, "x")), baseline(element) + baseline(line)))
    .reduce<Box | undefined>((union, box) => (union && box ? join(union, box) : (union ?? box)), undefined);
}

function baseline(element: Element): number {
  return number(element, "y") + length(element, "dy");
}

function lineBox(line: Element, x: number, y: number): Box | undefined {
  const font = fontOf(line);
  const width = runWidth(line);
  if (width === 0) return undefined;
  const anchor = inherited(line, "text-anchor");
  const left = anchor === "middle" ? x - width / 2 : anchor === "end" ? x - width : x;
  return { left, top: y - ascent(font), right: left + width, bottom: y + descent(font) };
}

/** Width of an element's text, each nested span in its own font. */
export function runWidth(element: Element): number {
  let width = 0;
  for (const node of element.childNodes) {
    if (node.nodeType === 3) width += textWidth(node.nodeValue ?? "", fontOf(element));
    else if (node.nodeType === 1) width += runWidth(node as Element) + length(node as Element, "dx");
  }
  return width;
}

function fontOf(element: Element): Font {
  const weight = inherited(element, "font-weight") ?? "normal";
  return {
    size: fontSize(element),
    bold: weight === "bold" || weight === "bolder" || Number(weight) >= 600,
    family: inherited(element, "font-family") ?? "",
  };
}

const DEFAULT_FONT_SIZE = 16;

function fontSize(element: Element): number {
  const own = property(element, "font-size");
  const parent = (): number => (element.parentElement ? fontSize(element.parentElement) : DEFAULT_FONT_SIZE);
  if (own === undefined) return parent();
  const value = Number.parseFloat(own);
  if (Number.isNaN(value)) return parent();
  return own.endsWith("%") ? (value / 100) * parent() : own.endsWith("em") ? value * parent() : value;
}

function inherited(element: Element, name: string): string | undefined {
  for (let node: Element | null = element; node !== null; node = node.parentElement) {
    const value = property(node, name);
    if (value !== undefined) return value;
  }
  return undefined;
}

function property(element: Element, name: string): string | undefined {
  const style = element.getAttribute("style");
  const styled = style ? new RegExp(`(?:^|;)\\s*${name}\\s*:\\s*([^;]+)`).exec(style)?.[1]?.trim() : undefined;
  return styled ?? element.getAttribute(name) ?? undefined;
}

function sizedBox(element: Element): Box | undefined {
  const [x, y] = [number(element, "x"), number(element, "y")];
  return { left: x, top: y, right: x + number(element, "width"), bottom: y + number(element, "height") };
}

function around(x: number, y: number, radius: number): Box {
  return { left: x - radius, top: y - radius, right: x + radius, bottom: y + radius };
}

function ofPoints(points: readonly number[]): Box | undefined {
  if (points.length === 0) return undefined;
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i + 1 < points.length; i += 2) {
    const [x, y] = [points[i] ?? 0, points[i + 1] ?? 0];
    [left, right] = [Math.min(left, x), Math.max(right, x)];
    [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
  }
  return { left, top, right, bottom };
}

function mapBox(box: Box, [a, b, c, d, e, f]: Matrix): Box {
  const corners = [
    [box.left, box.top],
    [box.right, box.top],
    [box.left, box.bottom],
    [box.right, box.bottom],
  ] as const;
  return ofPoints(corners.flatMap(([x, y]) => [a * x + c * y + e, b * x + d * y + f])) ?? box;
}

function join(one: Box, other: Box): Box {
  return {
    left: Math.min(one.left, other.left),
    top: Math.min(one.top, other.top),
    right: Math.max(one.right, other.right),
    bottom: Math.max(one.bottom, other.bottom),
  };
}

function parseTransform(transform: string | null): Matrix {
  let total = identity;
  for (const [, name = "", list = ""] of (transform ?? "").matchAll(/(\w+)\s*\(([^)]*)\)/g)) {
    total = multiply(total, matrixOf(name, numbers(list)));
  }
  return total;
}

function matrixOf(name: string, [p = 0, q, r = 0, s = 0, t = 0, u = 0]: readonly number[]): Matrix {
  switch (name) {
    case "translate":
      return [1, 0, 0, 1, p, q ?? 0];
    case "scale":
      return [p, 0, 0, q ?? p, 0, 0];
    case "rotate": {
      const [cos, sin] = [Math.cos((p * Math.PI) / 180), Math.sin((p * Math.PI) / 180)];
      const [x, y] = [q ?? 0, r];
      return [cos, sin, -sin, cos, x - cos * x + sin * y, y - sin * x - cos * y];
    }
    case "matrix":
      return [p, q ?? 0, r, s, t, u];
    default:
      return identity;
  }
}

function multiply([a, b, c, d, e, f]: Matrix, [g, h, i, j, k, l]: Matrix): Matrix {
  return [a * g + c * h, b * g + d * h, a * i + c * j, b * i + d * j, a * k + c * l + e, b * k + d * l + f];
}

function numbers(list: string): number[] {
  return (list.match(/[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?/gi) ?? []).map(Number);
}

function number(element: Element, attribute: string, missing = 0): number {
  const value = Number.parseFloat(element.getAttribute(attribute) ?? "");
  return Number.isNaN(value) ? missing : value;
}

/** A length attribute in pixels; em is of the element's own font. */
function length(element: Element, attribute: string): number {
  const raw = element.getAttribute(attribute) ?? "";
  const value = number(element, attribute);
  return raw.endsWith("em") ? value * fontSize(element) : value;
}
