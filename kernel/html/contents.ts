import { escapeHtml } from "../format/escape.js";
import type { Heading } from "./markdown.js";

/** One notebook's entry in the table of contents. */
export interface Chapter {
  readonly id: string;
  readonly title: string;
  readonly headings: readonly Heading[];
}

/** The table of contents: chapters, and their headings down to the third level. */
export function renderContents(chapters: readonly Chapter[]): string {
  const items = chapters.map(({ id, title, headings }) => {
    // The first heading of a notebook is most often its title, which the chapter already shows.
    const own = headings.find(({ text }) => text === title);
    const below = headings.filter(({ level, text }) => level <= 3 && text !== title);
    const links = below.map((heading) => `<li class="level-${heading.level}">${link(heading.id, heading.html)}</li>`);
    const list = links.length > 0 ? `<ul>${links.join("")}</ul>` : "";
    return `<li>${link(id, own?.html ?? escapeHtml(title))}${list}</li>`;
  });
  return `<nav aria-label="Contents"><details open><summary>Contents</summary><ul>${items.join("\n")}</ul></details></nav>`;
}

function link(id: string, html: string): string {
  return `<a href="#${id}">${html}</a>`;
}

/** Closes the contents where they would cover the page, and marks the section being read. */
export const CONTENTS_SCRIPT = `
(() => {
  const details = document.querySelector("nav details");
  const narrow = matchMedia("(max-width: 60rem)");
  const fit = () => { details.open = !narrow.matches; };
  fit();
  narrow.addEventListener("change", fit);
  details.addEventListener("click", (event) => { if (narrow.matches && event.target.closest("a")) details.open = false; });
  const links = new Map([...details.querySelectorAll("a")].map((a) => [decodeURIComponent(a.hash.slice(1)), a]));
  const marks = [...links.keys()].map((id) => document.getElementById(id)).filter(Boolean);
  let waiting = false;
  const mark = () => {
    waiting = false;
    const current = marks.findLast((element) => element.getBoundingClientRect().top < innerHeight / 3);
    for (const a of links.values()) a.removeAttribute("aria-current");
    const a = current && links.get(current.id);
    if (!a) return;
    a.setAttribute("aria-current", "location");
    const nav = a.closest("nav");
    if (a.offsetTop < nav.scrollTop || a.offsetTop > nav.scrollTop + nav.clientHeight - 40) nav.scrollTop = a.offsetTop - nav.clientHeight / 2;
  };
  addEventListener("scroll", () => { if (!waiting) { waiting = true; requestAnimationFrame(mark); } }, { passive: true });
  mark();
})();`;
