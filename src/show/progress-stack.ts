import { randomUUID } from "node:crypto";
import { canRenew } from "../../kernel/terminal.js";
import type { Kernel } from "./display.js";
import { escapeHtml } from "./grid.js";

const DRAW_EVERY = 100;
const LOG_EVERY = 10_000;
const BAR_WIDTH = 24;

/** A bar as its stack sees it. */
export interface Bar {
  readonly label: string;
  readonly count: number;
  readonly total: number;
  /** 0 to 1. */
  readonly fraction: number;
  /** What stands beside the bar. */
  describe(): string;
}

/** The bars that run at one place (a cell of a notebook, or the terminal), outermost first, and where they are drawn. */
export class ProgressStack {
  readonly #bars: Bar[] = [];
  #drawn = -Infinity;
  #due: NodeJS.Timeout | undefined;

  constructor(private readonly screen: Screen) {}

  push(bar: Bar): void {
    this.#bars.push(bar);
    if (this.#bars.length === 1) this.#drawn = -Infinity;
    this.draw();
  }

  /** Draws all bars; where that was done a moment ago, a little later: what was said last is seen though nothing follows. */
  draw(): void {
    const now = performance.now();
    const early = this.screen.every - (now - this.#drawn);
    if (early > 0) {
      this.#due ??= setTimeout(() => {
        this.#rest();
        this.draw();
      }, early).unref();
      return;
    }
    this.#rest();
    this.#drawn = now;
    this.screen.show(this.#bars);
  }

  /** An inner bar vanishes; the outermost stays as it ended. */
  remove(bar: Bar): void {
    const at = this.#bars.indexOf(bar);
    this.#bars.splice(at, 1);
    if (at > 0) return this.draw();
    this.#rest();
    this.screen.leave(bar);
    this.#drawn = -Infinity;
    if (this.#bars.length > 0) this.draw();
  }

  #rest(): void {
    clearTimeout(this.#due);
    this.#due = undefined;
  }
}

/** Where bars are drawn. */
interface Screen {
  /** Milliseconds between two drawings, at least. */
  readonly every: number;
  show(bars: readonly Bar[]): void;
  /** Draws the last state of the outermost bar, to stay. */
  leave(bar: Bar): void;
}

const cells = new WeakMap<AbortSignal, ProgressStack>();
let terminal: ProgressStack | undefined;

/**
 * The stack that a new bar belongs to. Each cell has its own, so that a bar left over by a cell that failed does not
 * draw into later ones.
 */
export function currentStack(kernel: Kernel | undefined): ProgressStack {
  if (!kernel) return (terminal ??= new ProgressStack(canRenew(process.stderr) ? lineScreen() : logScreen()));
  const { signal } = kernel;
  const stack = cells.get(signal) ?? new ProgressStack(cellScreen(kernel));
  cells.set(signal, stack);
  return stack;
}

/** One output of a cell, renewed. */
function cellScreen(kernel: Kernel): Screen {
  let id: string | undefined;
  const display = (bars: readonly Bar[]): void => {
    const update = id !== undefined;
    id ??= randomUUID();
    kernel.display({ "text/html": bars.map(html).join("\n"), "text/plain": bars.map(text).join("\n") }, { id, update });
  };
  return {
    every: DRAW_EVERY,
    show: display,
    leave(bar) {
      display([bar]);
      id = undefined;
    },
  };
}

/** The last line of a terminal: outer bars in short, the innermost in full. */
function lineScreen(): Screen {
  const write = (line: string, end: string): void => {
    const room = (process.stderr.columns || 80) - 1;
    process.stderr.write(`\r\x1b[2K${[...line].slice(0, room).join("")}${end}`);
  };
  return {
    every: DRAW_EVERY,
    show(bars) {
      const outer = bars.slice(0, -1).map(({ label, count, total }) => `${label} ${count}/${total} › `);
      write(`${outer.join("")}${bars.slice(-1).map(text).join("")}`, "");
    },
    leave: (bar) => write(text(bar), "\n"),
  };
}

/** A line now and then, where lines are kept. */
function logScreen(): Screen {
  return {
    every: LOG_EVERY,
    show: (bars) => void process.stderr.write(`${bars.map(text).join(" › ")}\n`),
    leave: (bar) => void process.stderr.write(`${text(bar)}\n`),
  };
}

function text(bar: Bar): string {
  const filled = Math.round(bar.fraction * BAR_WIDTH);
  return `${bar.label} ▕${"█".repeat(filled)}${"░".repeat(BAR_WIDTH - filled)}▏ ${bar.describe()}`;
}

function html(bar: Bar): string {
  const value = Number(bar.fraction.toFixed(4));
  return (
    `<div style="font-variant-numeric:tabular-nums">${escapeHtml(bar.label)} ` +
    `<progress value="${value}" max="1"></progress> ${escapeHtml(bar.describe())}</div>`
  );
}
