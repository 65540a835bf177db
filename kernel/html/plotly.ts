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
  // A title too wide for the page gets more lines, and room for them; tags stay whole.
  const fitTitle = async (Plotly, target) => {
    const title = target.querySelector(".gtitle");
    const box = title?.getBoundingClientRect();
    if (!box || box.width <= target.clientWidth) return;
    const { title: { text }, margin, height } = target._fullLayout;
    const lines = text.split(/<br ?\\/?>/);
    const length = (line) => line.replace(/<[^>]*>/g, "").length;
    const most = (0.95 * target.clientWidth * Math.max(...lines.map(length))) / box.width;
    const broken = lines.flatMap((line) =>
      line.split(/ (?![^<]*>)/).reduce((made, word) => {
        const longer = made.length > 0 ? made.at(-1) + " " + word : word;
        return length(longer) > most ? [...made, word] : [...made.slice(0, -1), longer];
      }, []),
    );
    const more = (box.height / lines.length) * (broken.length - lines.length);
    const room = { "margin.t": margin.t + more, height: height + more };
    await Plotly.relayout(target, { "title.text": broken.join("<br>"), ...room });
  };
  const hydrate = async (figure) => {
    const Plotly = await (loading ??= unpack());
    const { data, layout, config } = JSON.parse(figure.querySelector("script").textContent);
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
      await Plotly.newPlot(target, data, fitted, { displaylogo: false, responsive: true, ...config });
      await fitTitle(Plotly, target);
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
