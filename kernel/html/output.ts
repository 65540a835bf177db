import type { IMimeBundle, IOutput } from "@jupyterlab/nbformat";
import { PLOTLY_MIME } from "../figure/index.js";
import { escapeHtml } from "../format/escape.js";
import { ansiToHtml } from "./ansi.js";
import { highlight } from "./code.js";
import { renderMath } from "./math.js";
import { embedFigure } from "./plotly.js";

/** Renders the Markdown that an output may hold. */
export type MarkdownRenderer = (source: string) => string;

/** A notebook's text: one string, or its lines. */
export function joined(text: unknown): string {
  return Array.isArray(text) ? text.join("") : typeof text === "string" ? text : "";
}

/** All outputs of a cell as HTML; pieces of one stream that follow each other are joined first. */
export function renderOutputs(outputs: readonly IOutput[], markdown: MarkdownRenderer): string {
  return joinStreams(outputs)
    .map((output) => renderOutput(output, markdown))
    .filter((html) => html !== "")
    .join("\n");
}

function joinStreams(outputs: readonly IOutput[]): IOutput[] {
  const merged: IOutput[] = [];
  for (const output of outputs) {
    const last = merged.at(-1);
    if (output.output_type === "stream" && last?.output_type === "stream" && last.name === output.name) {
      merged[merged.length - 1] = { ...last, text: joined(last.text) + joined(output.text) };
    } else merged.push(output);
  }
  return merged;
}

function renderOutput(output: IOutput, markdown: MarkdownRenderer): string {
  switch (output.output_type) {
    case "stream":
      return `<pre class="${output.name === "stderr" ? "stderr" : "stdout"}">${ansiToHtml(joined(output.text))}</pre>`;
    case "error": {
      const traceback = Array.isArray(output.traceback) ? output.traceback.join("\n") : "";
      const text = traceback.trim() === "" ? `${joined(output.ename)}: ${joined(output.evalue)}` : traceback;
      return `<pre class="error" role="alert">${ansiToHtml(text)}</pre>`;
    }
    case "display_data":
    case "execute_result":
    case "update_display_data":
      return renderBundle(output.data as IMimeBundle, markdown);
    default:
      return "";
  }
}

const IMAGES = ["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"];

/** The richest representation that a page can hold. */
function renderBundle(data: IMimeBundle, markdown: MarkdownRenderer): string {
  const text = (type: string): string | undefined => (data[type] === undefined ? undefined : joined(data[type]));
  const plain = text("text/plain");
  const svg = text("image/svg+xml");
  const figure = data[PLOTLY_MIME];
  if (figure !== undefined) return embedFigure(figure, svg, plain ?? "Figure");
  const html = text("text/html");
  if (html !== undefined) return `<div class="rich">${html}</div>`;
  if (svg !== undefined) return `<div class="rich picture">${svg}</div>`;
  for (const type of IMAGES) {
    const base64 = text(type);
    if (base64 === undefined) continue;
    return `<img src="data:${type};base64,${escapeHtml(base64.replace(/\s/g, ""))}" alt="${escapeHtml(plain ?? "Picture")}">`;
  }
  const rendered = text("text/markdown");
  if (rendered !== undefined) return `<div class="rich">${markdown(rendered)}</div>`;
  const latex = text("text/latex");
  if (latex !== undefined) return renderMath(latex.trim().replace(/^\$+|\$+$/g, ""), true);
  const json = data["application/json"];
  if (json !== undefined) return `<pre class="json">${highlight(JSON.stringify(json, null, 2), "json")}</pre>`;
  return plain === undefined ? "" : `<pre class="result">${ansiToHtml(plain)}</pre>`;
}
