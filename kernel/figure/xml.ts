/** A small tree of XML elements: jsdom's own is too slow to rewrite a drawing of some thousand points. */
export interface XmlElement {
  name: string;
  readonly attributes: Map<string, string>;
  children: (XmlElement | string)[];
}

const TOKEN =
  /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<(\/?)([\w:.-]+)((?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>|([^<]+)/gy;
const ATTRIBUTE = /([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

/**
 * Parses one XML element, as a serializer writes it: no DOCTYPE, no CDATA.
 *
 * @throws Error where the text is not well-formed.
 */
export function parseXml(source: string): XmlElement {
  const top: XmlElement = { name: "", attributes: new Map(), children: [] };
  const open = [top];
  let end = 0;
  for (const match of source.matchAll(TOKEN)) {
    const [token, closing, name, attributes = "", selfClosing, text] = match;
    const parent = open.at(-1) ?? top;
    end += token.length;
    if (text !== undefined) parent.children.push(unescapeXml(text));
    if (name === undefined) continue;
    if (closing) {
      if (open.length === 1 || open.pop()?.name !== name) throw new Error(`XML: </${name}> closes nothing`);
      continue;
    }
    const element: XmlElement = { name, attributes: new Map(), children: [] };
    for (const [, key = "", double, single] of attributes.matchAll(ATTRIBUTE)) {
      element.attributes.set(key, unescapeXml(double ?? single ?? ""));
    }
    parent.children.push(element);
    if (!selfClosing) open.push(element);
  }
  const root = elements(top)[0];
  if (end !== source.length || open.length !== 1 || !root) {
    throw new Error(`XML: not well-formed near "${source.slice(end, end + 40)}"`);
  }
  return root;
}

/** The element as text. */
export function writeXml({ name, attributes, children }: XmlElement): string {
  const list = [...attributes].map(([key, value]) => ` ${key}="${escapeXml(value)}"`).join("");
  if (children.length === 0) return `<${name}${list}/>`;
  const inner = children.map((child) => (typeof child === "string" ? escapeXml(child) : writeXml(child)));
  return `<${name}${list}>${inner.join("")}</${name}>`;
}

/** The children that are elements. */
export function elements({ children }: XmlElement): XmlElement[] {
  return children.filter((child) => typeof child !== "string");
}

/** The element and everything below it, parents first. */
export function* descendants(element: XmlElement): Generator<XmlElement> {
  yield element;
  for (const child of elements(element)) yield* descendants(child);
}

/** All text below the element. */
export function textOf(element: XmlElement): string {
  return element.children.map((child) => (typeof child === "string" ? child : textOf(child))).join("");
}

const NAMED: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0" };
const ESCAPED: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ESCAPED[character] ?? character);
}

function unescapeXml(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex?: string, decimal?: string, name?: string) => {
    if (name !== undefined) return NAMED[name] ?? whole;
    return String.fromCodePoint(hex ? Number.parseInt(hex, 16) : Number(decimal));
  });
}
