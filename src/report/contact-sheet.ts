import { requireExamples, type Examples } from "../data/examples.js";
import { encodePng } from "../data/images/png.js";
import { callback, check, count, optional, type Rule } from "../options.js";
import { DISPLAY, type Displayable, type MimeBundle } from "../show/display.js";
import { escapeHtml } from "../show/grid.js";

export interface ContactSheetOptions {
  /** Images a class, at most. Default 12. */
  readonly columns?: number;
  /** Which classes, in order from the top. Default all. */
  readonly classes?: readonly number[];
  /** What stands before the images of a class. Default its name. */
  readonly label?: (name: string, classIndex: number) => string;
  /** Bold line above. */
  readonly caption?: string;
  /** Sentence below. */
  readonly note?: string;
  /** Screen pixels for one of the image, each way. Default 1.5. */
  readonly zoom?: number;
}

const text: Rule = { range: "a text", accepts: (v) => typeof v === "string" };
const rules = {
  columns: optional(count),
  classes: optional({
    range: "an array of class numbers",
    accepts: (v) => Array.isArray(v) && v.every(Number.isInteger),
  }),
  label: optional(callback),
  caption: optional(text),
  note: optional(text),
  zoom: optional({ range: "a number > 0", accepts: (v) => typeof v === "number" && v > 0 && v < Infinity }),
};

/**
 * Examples as pictures: a row a class, its first images side by side. A class with fewer images than columns shows what it
 * has.
 * @throws RangeError for an option out of range, a class that there is not, or images of other than 1, 3 or 4 channels
 */
export function contactSheet(examples: Examples, options: ContactSheetOptions = {}): ContactSheet {
  requireExamples("contactSheet", examples);
  check("contactSheet", options, rules);
  const { columns = 12, label = (name) => name, caption, note, zoom = 1.5 } = options;
  const classes = options.classes ?? examples.classes.map((_, c) => c);
  const channels = examples.shape[2];
  if (![1, 3, 4].includes(channels))
    throw new RangeError(
      `contactSheet: expected images of 1, 3 or 4 channels, which can be looked at, found ${channels}`,
    );
  const unknown = classes.find((c) => !(c in examples.classes));
  if (unknown !== undefined)
    throw new RangeError(
      `contactSheet: there are classes 0 to ${examples.classes.length - 1}, and no class ${unknown}`,
    );
  const positions = new Map(classes.map((c) => [c, [] as number[]]));
  examples.labels.forEach((c, i) => {
    const row = positions.get(c);
    if (row !== undefined && row.length < columns) row.push(i);
  });
  const rows = classes.map((c) => ({
    label: label(examples.classes[c]!, c),
    images: positions.get(c)!.map((i) => examples.image(i)),
  }));
  return new ContactSheet(rows, examples.shape, zoom, caption, note);
}

interface Row {
  readonly label: string;
  readonly images: readonly Uint8Array[];
}

/** Pictures ready to be shown; use `contactSheet`. */
export class ContactSheet implements Displayable {
  constructor(
    private readonly rows: readonly Row[],
    private readonly shape: readonly [height: number, width: number, channels: number],
    private readonly zoom: number,
    private readonly caption?: string,
    private readonly note?: string,
  ) {}

  toString(): string {
    const lines = this.rows.map(({ label, images }) => `${label}: ${images.length} images`);
    return [...(this.caption ? [this.caption] : []), ...lines, ...(this.note ? [this.note] : [])].join("\n");
  }

  [DISPLAY](): MimeBundle {
    const rows = this.rows.map((row) => {
      const label = `<th scope="row" style="text-align:right;vertical-align:middle;padding:0 0.8em 0 0;font-weight:normal">${escapeHtml(row.label)}</th>`;
      return `<tr style="background:none">${label}<td style="text-align:left;padding:1px 0;line-height:0">${this.strip(row)}</td></tr>`;
    });
    const caption = this.caption
      ? `<caption style="text-align:left;font-weight:bold">${escapeHtml(this.caption)}</caption>`
      : "";
    const note = this.note ? `<p>${escapeHtml(this.note)}</p>` : "";
    const html = `<table style="border-collapse:collapse">${caption}<tbody>\n${rows.join("\n")}\n</tbody></table>${note}`;
    return { "text/html": html, "text/plain": String(this) };
  }

  /** A class's images as one picture, a pixel apart (see-through). */
  private strip({ label, images }: Row): string {
    const [height, width, channels] = this.shape;
    const count = images.length;
    if (count === 0) return "";
    const length = count * (width + 1) - 1;
    const bytes = new Uint8Array(height * length * 4);
    images.forEach((image, i) => {
      for (let row = 0; row < height; row++)
        for (let column = 0; column < width; column++) {
          const from = (row * width + column) * channels;
          const to = (row * length + i * (width + 1) + column) * 4;
          for (let c = 0; c < 3; c++) bytes[to + c] = image[from + (channels === 1 ? 0 : c)]!;
          bytes[to + 3] = 255;
        }
    });
    const png = Buffer.from(encodePng({ bytes, shape: [height, length, 4] })).toString("base64");
    const size = `width:${Math.round(length * this.zoom)}px;height:${Math.round(height * this.zoom)}px;max-width:none`;
    const alt = escapeHtml(`${count} images: ${label}`);
    return `<img src="data:image/png;base64,${png}" alt="${alt}" style="${size};image-rendering:pixelated">`;
  }
}
