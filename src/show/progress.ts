import { kernel } from "./display.js";
import { formatNumber } from "./number.js";
import { refuseUnknown } from "../options.js";
import { currentStack } from "./progress-stack.js";
import type { Bar, ProgressStack } from "./progress-stack.js";

/** Options of `progress` and `track`. */
export interface ProgressOptions {
  /** What is going on: "Simulating". Default "Progress". */
  readonly label?: string;
  /** What is counted, in the plural: "trials". Default none. */
  readonly unit?: string;
  /** What is counted in a second: "MB/s". Default "/s", straight after the number. */
  readonly rate?: string;
  /** How much was done before, as of a run that goes on: no part of the speed shown. Default 0. */
  readonly done?: number;
}

/**
 * A progress bar. In a notebook it is one output that renews itself; on a terminal one line; in a log a line now and then.
 * Call `update` as often as you like: it draws at most ten times a second. Bars opened while others run are drawn below
 * them and vanish when done. What stays when all is done holds no times, so that a notebook run twice is the same twice.
 *
 * @param total how much there is to do, >= 0
 * @throws RangeError for a total that is not a finite number >= 0, or an unknown option.
 */
export function progress(total: number, options: ProgressOptions = {}): Progress {
  refuseUnknown("progress", options, ["label", "unit", "rate", "done"]);
  if (!(total >= 0 && Number.isFinite(total))) {
    throw new RangeError(`progress: total must be a finite number >= 0 (got ${total})`);
  }
  const { label = "Progress", unit = "", rate, done = 0 } = options;
  const speed = rate === undefined ? "/s" : ` ${rate}`;
  return new Progress({ total, label, unit, speed, done }, currentStack(kernel()));
}

/**
 * The same items, with a progress bar for the loop over them; when the loop is left early or throws, the bar says so:
 * `for (const n of track(sizes, { label: "Sizes" })) { ... }`
 */
export function* track<T>(items: readonly T[] | ReadonlySet<T>, options: ProgressOptions = {}): Generator<T, void> {
  const bar = progress("size" in items ? items.size : items.length, options);
  let done = 0;
  try {
    for (const item of items) {
      yield item;
      bar.update(++done);
    }
    bar.done();
  } finally {
    bar.stop();
  }
}

/** How a bar stands. */
export type ProgressState = "running" | "done" | "stopped";

/** A running bar; use `progress`. */
export class Progress implements Bar {
  readonly total: number;
  readonly label: string;
  readonly unit: string;
  readonly #speed: string;
  readonly #started = performance.now();
  readonly #before: number;
  #count: number;
  #note = "";
  #state: ProgressState = "running";

  constructor(
    bar: { readonly total: number; readonly label: string; readonly unit: string; speed: string; done: number },
    private readonly stack: ProgressStack,
  ) {
    [this.total, this.label, this.unit, this.#speed] = [bar.total, bar.label, bar.unit, bar.speed];
    this.#before = this.#count = Math.min(bar.done, bar.total);
    stack.push(this);
  }

  /** How much is done so far, 0 to `total`. */
  get count(): number {
    return this.#count;
  }

  get state(): ProgressState {
    return this.#state;
  }

  /** Says how much is done, in all. Never throws: a wrong count must not end a long computation. */
  update(done: number): void {
    if (this.#state !== "running" || Number.isNaN(done)) return;
    this.#count = Math.min(Math.max(done, 0), this.total);
    this.stack.draw();
  }

  /** Words that stand beside the numbers while it runs: "epoch 3: loss 1.2". */
  note(words: string): void {
    this.#note = words;
    if (this.#state === "running") this.stack.draw();
  }

  /** Everything is done. */
  done(): void {
    if (this.#state !== "running") return;
    this.#count = this.total;
    this.#finish("done");
  }

  /** Ends the bar where it stands; does nothing after `done`. */
  stop(): void {
    if (this.#state === "running") this.#finish("stopped");
  }

  #finish(state: ProgressState): void {
    this.#state = state;
    this.stack.remove(this);
  }

  /** 0 to 1. */
  get fraction(): number {
    return this.total === 0 ? 1 : this.#count / this.total;
  }

  /** What stands beside the bar. */
  describe(): string {
    const unit = this.unit && ` ${this.unit}`;
    const of = `${number(this.#count)} of ${number(this.total)}${unit}`;
    if (this.#state === "done") return `${number(this.total)}${unit} · done`;
    if (this.#state === "stopped") return `stopped at ${of}`;
    const seconds = (performance.now() - this.#started) / 1000;
    const parts = [`${Math.floor(this.fraction * 100)} %`, of];
    const done = this.#count - this.#before;
    if (done > 0 && seconds > 0) {
      parts.push(`${formatNumber(done / seconds, 3)}${this.#speed}`, `${clock(seconds)} elapsed`);
      parts.push(`${clock((seconds * (this.total - this.#count)) / done)} left`);
    }
    if (this.#note) parts.push(this.#note);
    return parts.join(" · ");
  }
}

function number(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: 2 });
}

/** "0:07", "12:30", "1:02:03". */
function clock(seconds: number): string {
  const whole = Math.round(seconds);
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  if (parts[0] === 0) parts.shift();
  return parts.map((part, at) => (at === 0 ? String(part) : String(part).padStart(2, "0"))).join(":");
}
