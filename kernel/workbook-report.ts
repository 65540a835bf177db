import { escapeHtml } from "./format/escape.js";
import { canRenew } from "./terminal.js";
import type { Check, WorkbookProgress, WorkbookSummary } from "./workbook-summary.js";

/** A stream that text goes to: a terminal or not. */
export interface TextStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/**
 * Shows how a workbook gets on: on a terminal one line that renews itself every second, with the time gone and what is
 * likely left; elsewhere a line for every cell that has ended.
 */
export class ProgressLine {
  private readonly started = performance.now();
  private latest: WorkbookProgress | undefined;
  /** When all will likely be done, on the clock of `performance.now()`. */
  private finish: number | undefined;
  private timer: NodeJS.Timeout | undefined;
  private readonly canRenew: boolean;

  constructor(private readonly stream: TextStream) {
    this.canRenew = canRenew(stream);
    if (this.canRenew) this.timer = setInterval(() => this.draw(), 1000).unref();
  }

  update(progress: WorkbookProgress): void {
    this.latest = progress;
    const { fraction } = progress;
    const now = performance.now();
    if (fraction > 0.02) this.finish = this.started + (now - this.started) / fraction;
    if (this.canRenew) this.draw();
    else if (progress.status) {
      const { file, number, total, status, seconds } = progress;
      this.stream.write(`${file}: cell ${number}/${total} ${status} (${duration(seconds)})\n`);
    }
  }

  /** Leaves the line empty for what comes next. */
  end(): void {
    if (this.timer) this.stream.write("\r\u001b[K");
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private draw(): void {
    if (!this.latest) return;
    const { file, notebook, notebooks, number, total } = this.latest;
    const now = performance.now();
    const elapsed = (now - this.started) / 1000;
    const left = this.finish && this.finish > now ? `, about ${duration((this.finish - now) / 1000)} left` : "";
    const line = `[${notebook}/${notebooks}] ${file}: cell ${number}/${total}, ${duration(elapsed)} elapsed${left}`;
    this.stream.write(`\r\u001b[K${line.slice(0, (this.stream.columns || 80) - 1)}`);
  }
}

/** What was verified, as text: a table of the checks of every notebook, and what failed. */
export function formatSummary(summary: WorkbookSummary, width = 100): string {
  const { notebooks, checks } = summary;
  const lines: string[] = [];
  for (const { file, ok, error } of notebooks) {
    const own = checks.filter(({ notebook }) => notebook === file);
    lines.push("", file);
    if (!ok) lines.push(`  ✘ ${error}`);
    if (ok && own.length === 0) lines.push("  ran; it checks nothing");
    const numbers = own.map(
      (check) => [measured(check), `${check.relation ?? ""} ${number(check.bound)}`.trim()] as const,
    );
    const widest = (column: 0 | 1): number => Math.max(0, ...numbers.map((row) => row[column].length));
    const room = Math.max(30, width - widest(0) - widest(1) - 8);
    for (const [i, check] of own.entries()) {
      const [value, bound] = numbers[i]!;
      const claim = fit(check.claim, room);
      lines.push(
        `  ${check.holds ? "✔" : "✘"} ${claim}  ${value.padStart(widest(0))}  ${bound.padEnd(widest(1))}`.trimEnd(),
      );
      if (!check.holds) lines.push(`    does not hold: ${check.id}, ${parameters(check)}`);
    }
  }
  lines.push("", verdict(summary));
  return lines.join("\n").trimStart();
}

/** What was verified, as a table for the top of the page. */
export function summaryHtml(summary: WorkbookSummary): string {
  const { notebooks, checks } = summary;
  const cell = (text: string, attributes = ""): string => `<td${attributes}>${escapeHtml(text)}</td>`;
  const row = (check: WorkbookSummary["checks"][number]): string => {
    const holds = check.holds ? "✔ holds" : `✘ does not hold: ${parameters(check)}`;
    const bound = `${check.relation ?? ""} ${number(check.bound)}`.trim();
    const right = ' style="text-align:right"';
    return `<tr>${cell(check.claim)}${cell(measured(check), right)}${cell(bound)}${cell(holds)}</tr>`;
  };
  const tables = notebooks.map(({ file, ok, error }) => {
    const own = checks.filter(({ notebook }) => notebook === file);
    const failed = ok ? "" : `<p>✘ ${escapeHtml(error ?? "failed")}</p>`;
    const names = ["claim", "measured", "bound", "verdict"].map((name) => `<th scope="col">${name}</th>`);
    const head = `<thead><tr>${names.join("")}</tr></thead>`;
    const body = own.length > 0 ? `<table>${head}<tbody>${own.map(row).join("")}</tbody></table>` : "";
    const open = ok && own.every(({ holds }) => holds) ? "" : " open";
    return `<details${open}><summary>${escapeHtml(file)}: ${own.length} ${own.length === 1 ? "check" : "checks"}</summary>${failed}${body}</details>`;
  });
  return `<p>${escapeHtml(verdict(summary))}</p>${tables.join("")}`;
}

/** The summary in one sentence. */
export function verdict({ notebooks, checks, seconds, scale }: WorkbookSummary): string {
  const ran = notebooks.filter(({ ok }) => ok).length;
  const hold = checks.filter(({ holds }) => holds === true).length;
  const found = checks.length === 0 ? "No checks were found" : `${hold} of ${checks.length} checks hold`;
  return `${found}; ${ran} of ${notebooks.length} notebooks ran without error (${scale} scale, ${duration(seconds)}).`;
}

/** Seconds as people say them: `0.3 s`, `12 s`, `3 min 20 s`, `2 h 5 min`. */
export function duration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

function measured({ measured, error }: Check): string {
  return `${number(measured)}${typeof error === "number" && error > 0 ? ` ± ${error.toPrecision(1)}` : ""}`;
}

function number(value: number | null): string {
  return typeof value === "number" ? String(Number(value.toPrecision(5))) : "not a number";
}

function parameters({ parameters }: Check): string {
  return typeof parameters === "string" ? parameters : JSON.stringify(parameters ?? {});
}

/** Cuts or pads to a width in characters as a reader sees them: θ̂ is one, though it is two code points. */
function fit(text: string, width: number): string {
  const characters = [...new Intl.Segmenter().segment(text.replace(/\s+/g, " "))].map(({ segment }) => segment);
  if (characters.length > width) return `${characters.slice(0, width - 1).join("")}…`;
  return characters.join("") + " ".repeat(width - characters.length);
}
