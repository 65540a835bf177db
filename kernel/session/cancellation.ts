import { promisify } from "node:util";
import { Patience } from "./patience.js";
import { unseenStore } from "./unseen-store.js";

const { setImmediate } = globalThis;
const nextTick = process.nextTick.bind(process);

/** What an interrupted cell ends with; named as Jupyter's clients know it from Python. */
export class KeyboardInterrupt extends Error {
  override readonly name = "KeyboardInterrupt";
  /** @param options `cause`: what went wrong while the cell stopped */
  constructor(options?: ErrorOptions) {
    super("The cell was interrupted; its variables are kept", options);
  }
}

/** A cell that runs, or ran: everything started by it, timers and promises too, finds it by `currentCell`. */
export class Cell {
  /** Nothing of it may run on. */
  interrupted = false;
  /** First promise that the cell left to reject without a handler while it ran. */
  rejection: { reason: unknown } | undefined;
  /** How long it may take to stop by itself. */
  readonly patience: Patience;
  private readonly controller = new AbortController();
  private readonly interruption: Promise<never>;
  private reject!: (error: KeyboardInterrupt) => void;
  private thrown = false;
  /** Code of it is on its way out: `finally` blocks run, and what they print is to be seen. */
  private unwinding = false;
  /** A later cell has begun: what starts afresh of this one (an event is handled, a request answered) is work like any other. */
  private past = false;

  /** @param announced called with what the cell's `patience` becomes, in ms */
  constructor(
    readonly id: number,
    readonly name: string,
    announced: (ms: number) => void = () => undefined,
  ) {
    this.patience = new Patience((ms) => {
      announced(ms);
      if (ms === 0 && this.signal.aborted) this.stopped();
    });
    this.interruption = new Promise((_, reject) => (this.reject = reject));
    this.interruption.catch(() => undefined);
  }

  /** Aborted when the cell is interrupted: for code that can stop in an orderly way. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Whether what starts now may run. What was under way when the cell was interrupted may not, however late it comes back. */
  get isLive(): boolean {
    return !this.interrupted || (this.past && !this.unwinding);
  }

  /** Whether what it prints and shows is of no interest any more. */
  get silenced(): boolean {
    return !this.isLive && !this.unwinding;
  }

  /** Names the life in which what starts now is: the first ends with the interrupt. Undefined in between: it may not run. */
  get life(): 1 | 2 | undefined {
    if (!this.isLive) return undefined;
    return this.interrupted ? 2 : 1;
  }

  /** Whether what started in that life may go on. */
  outlives(life: 1 | 2 | undefined): boolean {
    return !this.interrupted || life === 2;
  }

  /** To be called when a later cell begins. */
  pass(): void {
    this.past = true;
  }

  /** Aborts the signal and ends the cell. With `patient`, a cell that stops by itself runs on until it has. */
  interrupt({ patient = false } = {}): void {
    const waits = patient && this.patience.ms > 0;
    if (!waits) this.interrupted = true;
    this.controller.abort(new KeyboardInterrupt());
    if (!waits) this.reject(new KeyboardInterrupt());
  }

  /** It was to stop by itself, and has: from here on it only winds up, for which it has this turn of the event loop. */
  private stopped(): void {
    this.interrupted = this.unwinding = true;
    setImmediate(() => {
      this.unwinding = false;
      this.reject(new KeyboardInterrupt());
    });
  }

  /** Settles as `work` does, or rejects at once when the cell is interrupted. */
  race<T>(work: T): Promise<Awaited<T>> {
    return Promise.race([work, this.interruption]);
  }

  /** What ends the code that was under way. Its `finally` blocks run, with those of callers that wait for it. */
  unwind(): KeyboardInterrupt {
    this.thrown = this.unwinding = true;
    nextTick(() => (this.unwinding = false)); // after all microtasks
    return new KeyboardInterrupt();
  }

  /** Throws where an interrupted cell waits: once, so that `finally` runs; code that catches it and waits again never wakes up. */
  check(): "run" | "sleep" {
    if (this.isLive) return "run";
    if (this.thrown) return "sleep";
    throw this.unwind();
  }
}

export const currentCell = unseenStore<Cell>();

/** Node's own counters of asynchronous context, as Node 20 and 22 keep them. */
interface AsyncWrap {
  readonly async_hook_fields: Uint32Array;
  readonly constants: { readonly kTotals: number; readonly kCheck: number };
}

/**
 * Lets `currentCell` and interrupts live together. An interrupt unwinds the stack past Node's bookkeeping of asynchronous
 * contexts, after which Node below 24 aborts the process ("Assertion failed: execution_async_id() == 0") while any
 * AsyncLocalStorage is in use. These two counters do nothing but switch those assertions on; to be called before each cell,
 * since user code may switch them on again.
 */
export function tolerateUnwinding(): void {
  const wrap = (asyncWrap ??= findAsyncWrap());
  if (wrap) wrap.async_hook_fields[wrap.constants.kTotals] = wrap.async_hook_fields[wrap.constants.kCheck] = 0;
}

let asyncWrap: AsyncWrap | null | undefined;

function findAsyncWrap(): AsyncWrap | null {
  const host = process as unknown as { binding?(name: "async_wrap"): AsyncWrap };
  if (Number(process.versions.node.split(".")[0]) >= 24 || !host.binding) return null;
  const { noDeprecation } = process;
  process.noDeprecation = true;
  try {
    return host.binding("async_wrap");
  } finally {
    process.noDeprecation = noDeprecation ?? false;
  }
}

const NEVER = new Promise<never>(() => undefined);

/** Stands before all else: `resume(begin(), await pause(x))`. */
export function begin(): 1 | 2 | undefined {
  return currentCell.getStore()?.life;
}

/** Stands before every `await` of a cell or a local module. */
export function pause<T>(value: T): T | Promise<never> {
  return currentCell.getStore()?.check() === "sleep" ? NEVER : value;
}

/** Stands after every `await`. */
export function resume<T>(life: 1 | 2 | undefined, value: T): T {
  const cell = currentCell.getStore();
  if (cell && !cell.outlives(life)) throw cell.unwind();
  return value;
}

/** Guards `for await`. */
export async function* iterate<T>(items: AsyncIterable<T> | Iterable<T | Promise<T>>): AsyncGenerator<T, void> {
  const life = begin();
  for await (const item of items) {
    yield resume(life, item);
    await pause(undefined);
  }
}

/** Timers that a cell set before it was interrupted never fire, so loops in libraries that give way with a timer stop too. */
export function guardTimers(): void {
  const guard = (callback: unknown, stop?: () => void): unknown => {
    const cell = currentCell.getStore();
    if (typeof callback !== "function" || !cell) return callback;
    const { life } = cell;
    return function (this: unknown, ...args: unknown[]): unknown {
      return cell.outlives(life) ? Reflect.apply(callback, this, args) : stop?.();
    };
  };
  const { setTimeout, setInterval } = globalThis;
  const guarded = {
    setTimeout: (callback: unknown, ...rest: unknown[]): unknown =>
      Reflect.apply(setTimeout, globalThis, [guard(callback), ...rest]),
    setImmediate: (callback: unknown, ...rest: unknown[]): unknown =>
      Reflect.apply(setImmediate, globalThis, [guard(callback), ...rest]),
    setInterval: (callback: unknown, ...rest: unknown[]): unknown => {
      const tick = guard(callback, () => clearInterval(timer));
      const timer = Reflect.apply(setInterval, globalThis, [tick, ...rest]) as NodeJS.Timeout;
      return timer;
    },
  };
  Object.assign(guarded.setTimeout, { [promisify.custom]: promisify(setTimeout) });
  Object.assign(guarded.setImmediate, { [promisify.custom]: promisify(setImmediate) });
  Object.assign(globalThis, guarded);
}
