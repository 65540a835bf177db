import { AsyncResource } from "node:async_hooks";

const { setInterval, clearInterval } = globalThis; // before cells get guarded ones

/** How long text waits behind what is still being drawn, in ms. */
interface Patience {
  /** While the thread is free: on a slow machine a first figure takes its time. */
  readonly free: number;
  /** While a loop keeps it: nothing is drawn meanwhile, and the loop must be heard. */
  readonly kept: number;
}

interface Turn {
  readonly deliver: () => void;
  readonly isText: boolean;
  ready: boolean;
}

/** What cells print and show, sent in the order of the program although drawing a figure takes a moment. */
export class Turns {
  private queue: Turn[] = [];
  /** Settles when the last of what is shown has been sent. */
  private shown: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private overdue = Infinity;

  constructor(private readonly patience: Patience = { free: 60_000, kept: 5000 }) {}

  /** Delivers what was drawn: at once where nothing waits, else after it. @returns resolves when that is done */
  show<T>(drawn: T | Promise<T>, deliver: (drawn: T) => void): Promise<void> {
    if (this.queue.length === 0 && !(drawn instanceof Promise)) {
      deliver(drawn);
      return Promise.resolve();
    }
    const sent = new Promise<void>((resolve, reject) => {
      // Whoever's turn ends the waiting, each delivery belongs to the cell that asked for it.
      const attempt = AsyncResource.bind((outcome: () => T) => {
        try {
          resolve(deliver(outcome()));
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      });
      let outcome!: () => T;
      const turn: Turn = { deliver: () => attempt(outcome), isText: false, ready: false };
      const settle = (how: () => T): void => {
        outcome = how;
        turn.ready = true;
        this.advance();
      };
      this.queue.push(turn);
      void Promise.resolve(drawn).then(
        (value) => settle(() => value),
        (error: unknown) =>
          settle(() => {
            throw error;
          }),
      );
    });
    this.shown = sent.catch(() => undefined);
    return sent;
  }

  /** Delivers text: at once where nothing waits or it has waited for long, else after what waits. */
  say(deliver: () => void): void {
    if (this.queue.length > 0 && performance.now() < this.overdue) {
      this.queue.push({ deliver, isText: true, ready: true });
      if (this.timer) return;
      this.wait();
    } else {
      this.release();
      deliver();
    }
  }

  /** As long as this runs, the thread is free. */
  private wait(): void {
    const { free, kept } = this.patience;
    const began = performance.now();
    this.overdue = began + kept;
    this.timer = setInterval(() => {
      const now = performance.now();
      if (now < began + free) this.overdue = now + kept;
      else this.release();
    }, kept / 5).unref();
  }

  /** Delivers all text that waits, before its turn. */
  release(): void {
    const text = this.queue.filter(({ isText }) => isText);
    this.queue = this.queue.filter(({ isText }) => !isText);
    for (const { deliver } of text) deliver();
  }

  /** Resolves when everything so far has been delivered. Never rejects. */
  async flush(): Promise<void> {
    while (this.queue.length > 0) await this.shown;
  }

  private advance(): void {
    const waiting = this.queue.findIndex(({ ready }) => !ready);
    const next = this.queue.splice(0, waiting < 0 ? this.queue.length : waiting);
    for (const { deliver } of next) deliver();
    if (this.queue.length > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
    this.overdue = Infinity;
  }
}
