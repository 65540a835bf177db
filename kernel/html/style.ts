/** The page's style sheet: follows the reader's choice of light or dark, narrow or wide, and prints. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #ffffff; --ink: #1f2328; --soft: #57606a; --line: #d8dee4; --panel: #f6f8fa; --accent: #0b5cad;
  --bad: #a33a00; --bad-panel: #fff4ec; --mark: #e7f0fa;
  --keyword: #8b1a89; --string: #0a6640; --number: #8f4200; --name: #0a4f9e; --type: #6b4a00;
  --ansi-0: #1f2328; --ansi-1: #a33a00; --ansi-2: #0a6640; --ansi-3: #7a5900; --ansi-4: #0b5cad; --ansi-5: #8b1a89;
  --ansi-6: #0b6470; --ansi-7: #57606a; --ansi-8: #57606a; --ansi-9: #c44900; --ansi-10: #007a53; --ansi-11: #8a6500;
  --ansi-12: #1f6fc0; --ansi-13: #a5359e; --ansi-14: #107886; --ansi-15: #1f2328;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14171c; --ink: #dfe4ea; --soft: #9aa5b1; --line: #343b45; --panel: #1c2128; --accent: #74b6f5;
    --bad: #ffa366; --bad-panel: #2c1f16; --mark: #1d2f42;
    --keyword: #e0a0df; --string: #7fd1a8; --number: #f0b072; --name: #8cc4f8; --type: #e3c374;
    --ansi-0: #dfe4ea; --ansi-1: #ffa366; --ansi-2: #7fd1a8; --ansi-3: #e3c374; --ansi-4: #8cc4f8; --ansi-5: #e0a0df;
    --ansi-6: #7bd3df; --ansi-7: #9aa5b1; --ansi-8: #9aa5b1; --ansi-9: #ffb98c; --ansi-10: #9fe0bf; --ansi-11: #efd795;
    --ansi-12: #add6fb; --ansi-13: #edc3ec; --ansi-14: #a3e2eb; --ansi-15: #ffffff;
  }
}
* { box-sizing: border-box; }
html { scroll-behavior: smooth; scroll-padding-top: 1rem; -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.6 system-ui, -apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; }
.page { display: grid; grid-template-columns: 17rem minmax(0, 1fr); }
nav { position: sticky; top: 0; align-self: start; max-height: 100vh; overflow-y: auto; padding: 1.5rem 1rem 2rem 1.25rem; border-right: 1px solid var(--line); min-height: 100vh; font-size: .875rem; line-height: 1.4; }
nav summary { font-weight: 600; cursor: pointer; margin-bottom: .75rem; }
nav ul { list-style: none; margin: 0; padding: 0; }
nav > details > ul > li { margin-bottom: .9rem; }
nav > details > ul > li > a { font-weight: 600; }
nav a { display: block; padding: .16rem .5rem; border-radius: 4px; color: inherit; text-decoration: none; overflow-wrap: anywhere; }
nav a:hover { background: var(--panel); }
nav a[aria-current] { background: var(--mark); color: var(--accent); }
nav .level-2 { padding-left: .75rem; } nav .level-3 { padding-left: 1.5rem; color: var(--soft); }
main { width: 100%; max-width: 62rem; margin: 0 auto; padding: 2rem 2.5rem 6rem; min-width: 0; }
a { color: var(--accent); }
h1, h2, h3, h4 { line-height: 1.25; margin: 2em 0 .6em; text-wrap: balance; }
h1 { font-size: 1.9rem; } h2 { font-size: 1.45rem; } h3 { font-size: 1.15rem; } h4 { font-size: 1rem; }
main > h1, .source + .markdown > h1:first-child { margin-top: 0; }
.notebook { padding-top: 2.5rem; margin-top: 3rem; border-top: 1px solid var(--line); }
.notebook:first-child { padding-top: 0; margin-top: 0; border-top: 0; }
.notebook > .source { color: var(--soft); font-size: .8rem; margin: 0 0 1rem; }
.markdown { max-width: 46rem; overflow-wrap: break-word; }
.markdown :not(pre) > code { background: var(--panel); border-radius: 3px; padding: .1em .3em; }
.markdown blockquote { margin: 1em 0; padding: .1em 1em; border-left: 3px solid var(--line); color: var(--soft); }
.cell { margin: 1.1rem 0; }
pre, code { font: .845rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; }
.markdown :not(pre) > code { font-size: .875em; }
pre { margin: 0; white-space: pre; overflow-x: auto; tab-size: 2; }
.cell .code, .markdown pre { background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: .7rem .9rem; position: relative; }
.cell .code { padding-right: 3.2rem; }
.count { float: right; position: relative; margin-right: -3.2rem; padding: 0 .7rem 0 .5rem; background: var(--panel); color: var(--soft); font-size: .75rem; user-select: none; }
.cell details > summary { color: var(--soft); font-size: .8rem; cursor: pointer; margin-bottom: .3rem; }
.outputs { margin-top: .6rem; display: grid; gap: .6rem; grid-template-columns: minmax(0, 1fr); }
.outputs > pre { padding: 0 .9rem; max-height: 40rem; overflow: auto; }
.stderr { border-left: 3px solid var(--line); color: var(--soft); }
.outputs > .error { border-left: 3px solid var(--bad); background: var(--bad-panel); padding: .7rem .9rem; border-radius: 0 6px 6px 0; white-space: pre-wrap; }
.rich { overflow-x: auto; max-width: 100%; }
table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; margin: .5rem 0; }
.markdown > table, .rich > table, .intro table { display: block; width: fit-content; max-width: 100%; overflow-x: auto; }
th, td { padding: .28rem .8rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: baseline; }
thead th { border-bottom: 2px solid var(--line); white-space: nowrap; }
tbody tr:hover { background: var(--panel); }
.rich small { color: var(--soft); }
img, video { max-width: 100%; height: auto; }
figure { margin: 0; }
.picture > svg { max-width: 100%; height: auto; display: block; }
figure.plot, .picture { border-radius: 6px; overflow: hidden; }
figure.plot { background: #ffffff; color: #1f2328; position: relative; }
.drawing { position: absolute; inset: 0 0 auto; visibility: hidden; }
.math { overflow-x: auto; overflow-y: hidden; padding: .1rem 0; }
.katex-display { margin: .7em 0; }
.hljs-keyword, .hljs-literal, .hljs-meta, .hljs-selector-tag { color: var(--keyword); }
.hljs-string, .hljs-regexp, .hljs-addition { color: var(--string); }
.hljs-number, .hljs-symbol, .hljs-bullet { color: var(--number); }
.hljs-title, .hljs-attr, .hljs-section, .hljs-selector-id { color: var(--name); }
.hljs-type, .hljs-built_in, .hljs-name, .hljs-class .hljs-title { color: var(--type); }
.hljs-comment, .hljs-quote, .hljs-deletion { color: var(--soft); font-style: italic; }
.hljs-subst { color: inherit; }
.ansi-bold { font-weight: 600; } .ansi-dim { opacity: .7; } .ansi-italic { font-style: italic; }
.ansi-underline { text-decoration: underline; } .ansi-strike { text-decoration: line-through; } .ansi-inverse { background: var(--ink); color: var(--paper); }
${Array.from({ length: 16 }, (_, i) => `.ansi-fg-${i} { color: var(--ansi-${i}); } .ansi-bg-${i} { background: color-mix(in srgb, var(--ansi-${i}) 25%, transparent); }`).join("\n")}
.skip { position: absolute; left: -999rem; } .skip:focus { left: 1rem; top: 1rem; background: var(--paper); padding: .5rem; z-index: 1; }
@media (max-width: 60rem) {
  .page { display: block; }
  nav { position: static; min-height: 0; max-height: none; border-right: 0; border-bottom: 1px solid var(--line); padding: 1rem; }
  nav summary { margin-bottom: 0; } nav details[open] summary { margin-bottom: .75rem; }
  nav a { padding: .35rem .5rem; }
  main { padding: 1.25rem 1rem 4rem; }
  h1 { font-size: 1.55rem; } h2 { font-size: 1.3rem; }
}
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
@media print {
  :root { color-scheme: light; }
  nav, .skip { display: none; } .page { display: block; } main { max-width: none; padding: 0; }
  pre { white-space: pre-wrap; } .outputs > pre { max-height: none; }
  .markdown > table, .rich > table, .intro table { display: table; } /* so that its head stands on every page of it */
  figure, tr, img, .error { break-inside: avoid; } h1, h2, h3 { break-after: avoid; }
  .notebook { break-before: page; border: 0; }
}`;
