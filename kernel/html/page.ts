import { posix } from "node:path";
import type { IAttachments, ICell, ICodeCell, INotebookContent } from "@jupyterlab/nbformat";
import { escapeHtml } from "../format/escape.js";
import { highlight } from "./code.js";
import { CONTENTS_SCRIPT, renderContents } from "./contents.js";
import { mathStyles } from "./fonts.js";
import { headingSlugs, renderMarkdown, slug } from "./markdown.js";
import type { Heading, MarkdownContext } from "./markdown.js";
import { joined, renderOutputs } from "./output.js";
import { plotlyScripts } from "./plotly.js";
import { isRelative } from "./relative.js";
import { STYLE } from "./style.js";

/** A notebook that goes on the page. */
export interface PageNotebook {
  /** File name or path: shown above the notebook, and what links from one notebook to another are resolved by. */
  readonly name: string;
  /** Its title in the contents; by default its first heading, else its name. */
  readonly title?: string;
  /** Where it lies, seen from the page ("../notebooks"): its links to other files are led by this. Default: beside the page. */
  readonly folder?: string;
  /** A picture that its Markdown names, as a data: address; undefined for one that is linked. Default: all are. */
  readonly picture?: (address: string) => string | undefined;
  readonly notebook: INotebookContent;
}

export interface PageOptions {
  /** The page's title; by default the notebook's, of several how many they are, and the first and the last one's. */
  readonly title?: string;
  /** HTML above the first notebook, taken as it is. */
  readonly intro?: string;
  /** Whether code is folded away behind a line that opens it; default false. */
  readonly hideCode?: boolean;
}

const OPTIONS = new Set(["title", "intro", "hideCode"]);

/**
 * One self-contained HTML page of several notebooks: contents, formulas, highlighted code, outputs, and figures that become
 * interactive by the one copy of plotly.js in the page. It needs no other file and no network, and without scripts it shows
 * everything but the interaction. HTML in Markdown cells and outputs is shown as it is, so the notebooks must be trusted.
 *
 * @throws TypeError for an option that is not known.
 */
export function renderPage(notebooks: readonly PageNotebook[], options: PageOptions = {}): string {
  for (const key of Object.keys(options)) {
    if (!OPTIONS.has(key))
      throw new TypeError(`renderPage: unknown option "${key}"; known are ${[...OPTIONS].join(", ")}`);
  }
  const ids = new IdPool();
  const places = new Map(notebooks.map((entry) => [baseName(entry.name), placeOf(entry, ids)]));
  const chapters = notebooks.map((entry) => renderNotebook(entry, places, ids, options.hideCode ?? false));
  const title = options.title ?? titleOf(chapters);
  const body = chapters.map(({ html }) => html).join("\n");
  const intro = options.intro === undefined ? "" : `<div class="intro rich">${options.intro}</div>`;
  // One notebook alone brings its title itself.
  const isTitled = chapters.length === 1 && options.title === undefined && chapters[0]!.headings[0]?.level === 1;
  const hasFigures = body.includes('<figure class="plot"');
  const hasMath = body.includes('class="katex"');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${hasMath ? mathStyles(body) : ""}${STYLE}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<div class="page">
${renderContents(chapters)}
<main id="content">
${isTitled ? "" : `<h1>${escapeHtml(title)}</h1>`}
${intro}
${body}
</main>
</div>
<script>${CONTENTS_SCRIPT}</script>
${hasFigures ? plotlyScripts() : ""}
</body>
</html>
`;
}

function titleOf(chapters: readonly RenderedNotebook[]): string {
  const [first, last] = [chapters.at(0), chapters.at(-1)];
  if (!first || !last) return "Notebooks";
  return first === last ? first.title : `${chapters.length} notebooks, from ${first.title} to ${last.title}`;
}

/** Where a notebook stands on the page, and the parts of addresses that lead to its headings. */
interface Place {
  readonly id: string;
  readonly headings: ReadonlySet<string>;
}

function placeOf({ name, notebook }: PageNotebook, ids: IdPool): Place {
  const texts = notebook.cells.filter(({ cell_type: type }) => type === "markdown");
  const headings = new Set(texts.flatMap(({ source }) => headingSlugs(joined(source))));
  return { id: ids.take(slug(baseName(name))), headings };
}

interface RenderedNotebook {
  readonly id: string;
  readonly title: string;
  readonly headings: readonly Heading[];
  readonly html: string;
}

function renderNotebook(
  { name, title, folder, picture, notebook }: PageNotebook,
  places: ReadonlyMap<string, Place>,
  ids: IdPool,
  hideCode: boolean,
): RenderedNotebook {
  const { id } = places.get(baseName(name))!;
  const headings: Heading[] = [];
  const markdown = (source: string, attachments?: IAttachments): string => {
    const context: MarkdownContext = {
      uniqueId: (text) => ids.take(`${id}-${slug(text)}`),
      link: (href) => linkWithin(href, places, baseName(name)) ?? seenFrom(folder, href),
      image: (src) => attachedImage(src, attachments) ?? picture?.(src) ?? seenFrom(folder, src),
    };
    const rendered = renderMarkdown(source, context);
    headings.push(...rendered.headings);
    return rendered.html;
  };
  const language = languageOf(notebook);
  const cells = notebook.cells.map((cell) => renderCell(cell, { markdown, language, hideCode }));
  const html = `<section class="notebook" id="${id}" aria-label="${escapeHtml(title ?? name)}">
<p class="source">${escapeHtml(name)}</p>
${cells.join("\n")}
</section>`;
  return { id, title: title ?? (headings[0]?.text || baseName(name)), headings, html };
}

interface CellContext {
  readonly markdown: (source: string, attachments?: IAttachments) => string;
  readonly language: string;
  readonly hideCode: boolean;
}

function renderCell(cell: ICell, context: CellContext): string {
  const source = joined(cell.source);
  switch (cell.cell_type) {
    case "markdown":
      return `<div class="markdown">${context.markdown(source, cell.attachments as IAttachments | undefined)}</div>`;
    case "code":
      return renderCode(cell as ICodeCell, source, context);
    default: {
      const { format = cell.metadata["raw_mimetype"] } = cell.metadata; // JupyterLab writes the latter
      return format === "text/html" ? source : `<div class="cell"><pre>${escapeHtml(source)}</pre></div>`;
    }
  }
}

function renderCode(
  { execution_count: count, metadata, outputs }: ICodeCell,
  source: string,
  context: CellContext,
): string {
  const parts: string[] = [];
  if (source.trim() !== "") {
    const number =
      count === null || count === undefined ? "" : `<span class="count" aria-hidden="true">[${count}]</span>`;
    const code = `<pre class="code">${number}<code>${highlight(source, context.language)}</code></pre>`;
    const folded = context.hideCode || metadata.jupyter?.source_hidden === true;
    parts.push(folded ? `<details><summary>Code</summary>${code}</details>` : code);
  }
  const shown = renderOutputs(outputs, (text) => context.markdown(text));
  if (shown !== "") {
    const folded = metadata.jupyter?.outputs_hidden === true || metadata.collapsed === true;
    const inner = `<div class="outputs">${shown}</div>`;
    parts.push(folded ? `<details><summary>Output</summary>${inner}</details>` : inner);
  }
  return `<div class="cell">${parts.join("\n")}</div>`;
}

function languageOf({ metadata }: INotebookContent): string {
  const name: unknown = metadata.language_info?.name ?? metadata.kernelspec?.language;
  return typeof name === "string" ? name : "typescript";
}

/** A link to a notebook of the page, or to a heading of one, leads to its place on the page. */
function linkWithin(href: string, places: ReadonlyMap<string, Place>, own: string): string | undefined {
  const { file, heading } = /^(?<file>[^:?#]*\.ipynb)?(?:#(?<heading>.*))?$/.exec(href)?.groups ?? {};
  const place = places.get(file === undefined ? own : baseName(decoded(file)));
  if (!place) return undefined;
  const part = heading === undefined ? "" : slug(decoded(heading));
  if (place.headings.has(part)) return `#${place.id}-${part}`;
  return file === undefined ? undefined : `#${place.id}`;
}

/** An address relative to the notebook, relative to the page. */
function seenFrom(folder: string | undefined, address: string): string | undefined {
  return folder !== undefined && isRelative(address) ? posix.join(encodeURI(folder), address) : undefined;
}

function attachedImage(src: string, attachments: IAttachments | undefined): string | undefined {
  if (!src.startsWith("attachment:")) return undefined;
  const bundle = attachments?.[decoded(src.slice("attachment:".length))];
  const [type, data] = Object.entries(bundle ?? {})[0] ?? [];
  if (type === undefined) return undefined;
  const content = joined(data);
  const base64 = content.trimStart().startsWith("<")
    ? Buffer.from(content).toString("base64")
    : content.replace(/\s/g, "");
  return `data:${type};base64,${base64}`;
}

/** A bad link is one that leads nowhere, not the end of the page. */
function decoded(uri: string): string {
  try {
    return decodeURIComponent(uri);
  } catch {
    return uri;
  }
}

function baseName(path: string): string {
  return (path.split(/[\\/]/).at(-1) ?? path).replace(/\.ipynb$/, "");
}

/** Hands out each id once. */
class IdPool {
  readonly #taken = new Set(["content", "plotly-gz"]);
  /** The number to try next, of ids that were wanted more than once. */
  readonly #next = new Map<string, number>();

  take(wanted: string): string {
    let id = wanted;
    let n = this.#next.get(wanted) ?? 2;
    while (this.#taken.has(id)) id = `${wanted}-${n++}`;
    this.#next.set(wanted, n);
    this.#taken.add(id);
    return id;
  }
}
