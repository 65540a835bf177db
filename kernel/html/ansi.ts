import { escapeHtml } from "../format/escape.js";

/** What SGR escape sequences have switched on. */
interface Style {
  readonly classes: ReadonlySet<string>;
  /** Colours outside the 16 named ones, as CSS. */
  readonly colour?: string;
  readonly background?: string;
}

const PLAIN: Style = { classes: new Set() };
const SGR = "\u001b\\[([\\d;]*)m";
/** Other control sequences: cursor movement, titles, links. They mean nothing on paper. */
const OTHER = "\u001b(?:\\[[\\d;?]*[ -/]*[@-ln-~]|\\][^\u0007\u001b]*(?:\u0007|\u001b\\\\)|[@-Z\\\\^_])";

/**
 * Terminal output as HTML: colours and weights become spans, carriage returns and backspaces take back what they overwrite, so
 * that of a progress line only its last state stays.
 */
export function ansiToHtml(text: string): string {
  const visible = overwrite(text.replace(new RegExp(OTHER, "g"), ""));
  let style = PLAIN;
  let html = "";
  let start = 0;
  for (const match of visible.matchAll(new RegExp(SGR, "g"))) {
    html += span(visible.slice(start, match.index), style);
    style = applied(style, match[1] ?? "");
    start = match.index + match[0].length;
  }
  return html + span(visible.slice(start), style);
}

const BACKSPACE = "\b";

/** Of each line what stands there in the end. */
function overwrite(text: string): string {
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  return lines.map((line) => erased(line.split("\r").reduce((before, after) => after || before, ""))).join("\n");
}

/** Each backspace takes the character before it. */
function erased(line: string): string {
  if (!line.includes(BACKSPACE)) return line;
  const kept: string[] = [];
  for (const character of line) {
    if (character === BACKSPACE) kept.pop();
    else kept.push(character);
  }
  return kept.join("");
}

function span(text: string, { classes, colour, background }: Style): string {
  if (text === "") return "";
  const style = [colour && `color:${colour}`, background && `background-color:${background}`].filter(Boolean).join(";");
  if (classes.size === 0 && style === "") return escapeHtml(text);
  const names = classes.size > 0 ? ` class="${[...classes].join(" ")}"` : "";
  return `<span${names}${style ? ` style="${style}"` : ""}>${escapeHtml(text)}</span>`;
}

const ATTRIBUTES: Record<number, string> = {
  1: "bold",
  2: "dim",
  3: "italic",
  4: "underline",
  7: "inverse",
  9: "strike",
};
const ENDS: Record<number, readonly string[]> = {
  22: ["bold", "dim"],
  23: ["italic"],
  24: ["underline"],
  27: ["inverse"],
  29: ["strike"],
};

function applied(style: Style, parameters: string): Style {
  const codes = parameters.split(";").map(Number);
  let { colour, background } = style;
  const classes = new Set(style.classes);
  const drop = (prefix: string): void => classes.forEach((name) => name.startsWith(prefix) && classes.delete(name));
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i] ?? 0;
    const kind = code >= 40 && code < 50 ? "bg" : code >= 100 ? "bg" : "fg";
    if (code === 0) {
      classes.clear();
      colour = background = undefined;
    } else if (ATTRIBUTES[code]) classes.add(`ansi-${ATTRIBUTES[code]}`);
    else if (ENDS[code]) ENDS[code].forEach((name) => classes.delete(`ansi-${name}`));
    else if ((code >= 30 && code < 50) || (code >= 90 && code < 108)) {
      drop(`ansi-${kind}-`);
      const [extended, used] =
        code % 10 === 8 && code < 50 ? extendedColour(codes.slice(i + 1, i + 5)) : [undefined, 0];
      i += used;
      if (kind === "fg") colour = extended;
      else background = extended;
      if (code % 10 < 8) classes.add(`ansi-${kind}-${(code % 10) + (code >= 90 ? 8 : 0)}`);
    }
  }
  return { classes, ...(colour && { colour }), ...(background && { background }) };
}

/** The colour behind 38 or 48, and how many parameters it takes. */
function extendedColour([mode, ...rest]: readonly number[]): [css: string | undefined, used: number] {
  if (mode === 2) return [`rgb(${rest.slice(0, 3).join(",")})`, 4];
  if (mode === 5) return [paletteColour(rest[0] ?? 0), 2];
  return [undefined, 0];
}

/** One of xterm's 256 colours. */
function paletteColour(index: number): string {
  if (index < 16) return `var(--ansi-${index})`;
  if (index >= 232) {
    const grey = 8 + 10 * (index - 232);
    return `rgb(${grey},${grey},${grey})`;
  }
  const level = (n: number): number => (n === 0 ? 0 : 55 + 40 * n);
  const cube = index - 16;
  return `rgb(${level(Math.floor(cube / 36))},${level(Math.floor(cube / 6) % 6)},${level(cube % 6)})`;
}
