import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { gzipSync } from "node:zlib";
import { escapeHtml } from "../format/escape.js";

/** A figure: its picture for everyone, and its data for the script that makes it interactive when it comes into view. */
export function embedFigure(figure: unknown, svg: string | undefined, description: string): string {
  const picture = svg ?? `<p>${escapeHtml(description)}</p>`;
  return `<figure class="plot" aria-label="${escapeHtml(description)}"><div class="picture">${picture}</div>
<script type="application/json">${jsonForScript(figure)}</script></figure>`;
}

/** JSON that cannot end the script element it stands in. */
function jsonForScript(value: unknown): string {
  return JSON.stringify(value)
    .replace(/</g, "\\u003c")
    .replace(/\u2028/g, "\\u2028")
    .replace(/\u2029/g, "\\u2029");
}

/**
 * plotly.js, once, packed; unpacked and run only when the first figure comes into view. Without scripts, or in a browser that
 * cannot unpack it, the pictures stay.
 */
export function plotlyScripts(): string {
  const file = createRequire(import.meta.url).resolve("plotly.js-dist-min");
  const packed = gzipSync(readFileSync(file), { level: 9 }).toString("base64");
  return `<script type="application/octet-stream" id="plotly-gz">${packed}</script>\n<script>${HYDRATE}</script>`;
}

const HYDRATE = `
(() => {
  if (!("DecompressionStream" in window) || !("IntersectionObserver" in window)) return;
  let loading;
  const unpack = async () => {
    const packed = Uint8Array.from(atob(document.getElementById("plotly-gz").textContent), (c) => c.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    const script = document.createElement("script");
    script.text = await new Response(stream).text();
    document.head.append(script);
    return window.Plotly;
  };
  const length = (text) => text.replace(/<[^>]*>/g, "").length;
  // Lines of a text whose characters are so many pixels wide each; tags stay whole.
  const broken = (text, each, width) =>
    text.split(/ (?![^<]*>)/).reduce((lines, word) => {
      const longer = lines.length > 0 ? lines.at(-1) + " " + word : word;
      return length(longer) * each > 0.95 * width ? [...lines, word] : [...lines.slice(0, -1), longer];
    }, []);
  // A title too wide for the page is broken anew, lines of one style together, and has room for what it needs.
  const fitTitle = async (Plotly, target) => {
    const title = target.querySelector(".gtitle");
    if (!title) return;
    const { title: { text }, margin, height } = target._fullLayout;
    const box = title.getBoundingClientRect();
    const width = target.clientWidth - 2 * Math.max(0, box.left - target.getBoundingClientRect().left);
    const lines = text.split(/<br ?\\/?>/);
    const drawn = lines.length > 1 ? [...title.querySelectorAll("tspan.line")] : [title];
    if (box.width <= width || drawn.length !== lines.length) return;
    const style = (line) => /^(<[^/>]+>)[^<]*<.[^>]*>$/.exec(line)?.[1];
    const parts = [];
    lines.forEach((line, i) => {
      const each = drawn[i].getComputedTextLength() / Math.max(1, length(line));
      const [last, own] = [parts.at(-1), style(line)];
      if (own && last?.style === own) Object.assign(last, { line: last.line + " " + line, each: Math.max(last.each, each) });
      else parts.push({ style: own, line, each });
    });
    const fitted = parts.flatMap(({ line, each }) => broken(line, each, width));
    const more = (box.height / lines.length) * (fitted.length - lines.length);
    const room = { "margin.t": margin.t + more, height: height + more };
    await Plotly.relayout(target, { "title.text": fitted.join("<br>"), ...room });
  };
  // A note that leaves the page goes back along its arrow, or has more lines.
  const fitNotes = async (Plotly, target) => {
    const page = target.getBoundingClientRect();
    const changes = {};
    for (const note of target.querySelectorAll(".annotation")) {
      const { left, right, width } = note.querySelector(".annotation-text").getBoundingClientRect();
      const over = Math.max(0, right + 2 - page.right) - Math.max(0, page.left + 2 - left);
      if (over === 0) continue;
      const { showarrow, ax, text } = target._fullLayout.annotations[note.dataset.index];
      const name = "annotations[" + note.dataset.index + "].";
      if (showarrow) changes[name + "ax"] = ax - over;
      else if (!/<br/.test(text)) changes[name + "text"] = broken(text, width / length(text), width - Math.abs(over)).join("<br>");
    }
    if (Object.keys(changes).length > 0) await Plotly.relayout(target, changes);
  };
  const hydrate = async (figure) => {
    const Plotly = await (loading ??= unpack());
    const { data, layout, config, frames } = JSON.parse(figure.querySelector("script").textContent);
    const picture = figure.querySelector(".picture");
    const target = document.createElement("div");
    // Out of the flow until it is drawn: beside its picture it would move the page, and whoever came by a link from their place.
    target.className = "drawing";
    figure.append(target);
    const touch = matchMedia("(pointer: coarse)").matches;
    // The page decides the width; on a touch screen a drag scrolls the page; a legend beside a narrow plot would crush it.
    const narrow = figure.clientWidth < 520;
    const legend = narrow ? { orientation: "h", y: -0.25, ...layout.legend } : layout.legend;
    const fitted = { ...layout, legend, width: undefined, autosize: true, ...(touch && { dragmode: false }) };
    try {
      const settings = { displaylogo: false, responsive: true, ...config };
      await Plotly.newPlot(target, { data, layout: fitted, config: settings, frames });
      await fitTitle(Plotly, target);
      await fitNotes(Plotly, target);
      target.classList.remove("drawing"); // and leave the class that plotly.js gave it
      picture.hidden = true;
    } catch (error) {
      target.remove();
      console.error(error);
    }
  };
  const observer = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      observer.unobserve(target);
      hydrate(target);
    }
  }, { rootMargin: "200px" });
  for (const figure of document.querySelectorAll("figure.plot")) observer.observe(figure);
})();`;
