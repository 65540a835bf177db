import { Worker } from "node:worker_threads";
import type { FigureJson } from "./figure.js";
import type { DrawAnswer, DrawRequest } from "./worker.js";

// Node runs only the compiled thread; where this module is read as TypeScript (by a test runner) that lies in dist/.
const ENTRY = new URL(
  import.meta.url.endsWith(".ts") ? "../../dist/kernel/figure/worker.js" : "./worker.js",
  import.meta.url,
);

const DEFAULT_TIMEOUT = 30_000;

interface Pending {
  readonly resolve: (svg: string) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/**
 * Draws figures as SVG in a thread of its own, so that user code and figures do not wait for each other. The thread starts
 * with the first figure, is replaced when it died, and never keeps the process alive while it is idle.
 */
export class FigureRenderer {
  readonly #timeout: number;
  readonly #pending = new Map<number, Pending>();
  #worker: Worker | undefined;
  #nextId = 0;

  /** @param options.timeout milliseconds that one figure may take, default 30,000 */
  constructor({ timeout = DEFAULT_TIMEOUT }: { timeout?: number } = {}) {
    this.#timeout = timeout;
  }

  /**
   * The figure as SVG text.
   *
   * @throws Error when plotly.js refuses the figure, the thread dies, or the time is up.
   */
  async draw(figure: FigureJson): Promise<string> {
    const id = this.#nextId++;
    const worker = (this.#worker ??= this.#start());
    return new Promise((resolve, reject) => {
      // Long synchronous user code lets the timer expire before the answer that already waits is read: look once more first.
      const timer = setTimeout(() => setImmediate(() => this.#expire(id)), this.#timeout);
      timer.unref();
      this.#pending.set(id, { resolve, reject, timer });
      worker.ref();
      worker.postMessage({ id, figure } satisfies DrawRequest);
    });
  }

  /** Ends the thread; figures still being drawn are rejected. A later draw starts a new one. */
  async close(): Promise<void> {
    const worker = this.#worker;
    this.#fail(new Error("the figure renderer was closed"));
    await worker?.terminate();
  }

  #start(): Worker {
    // Not the flags of this process: some of them a thread refuses.
    const worker = new Worker(ENTRY, { name: "figures", execArgv: [] });
    worker.on("message", (answer: DrawAnswer) => this.#settle(answer));
    const died = (why: string): void => {
      if (this.#worker === worker) this.#fail(new Error(`the thread that draws figures ended: ${why}`));
    };
    worker.on("error", (error: unknown) => died(error instanceof Error ? error.message : String(error)));
    worker.on("exit", (code) => died(`exit code ${code}`));
    worker.unref();
    return worker;
  }

  #settle(answer: DrawAnswer): void {
    const pending = this.#pending.get(answer.id);
    if (!pending) return;
    clearTimeout(pending.timer);
    this.#pending.delete(answer.id);
    if (this.#pending.size === 0) this.#worker?.unref();
    if ("svg" in answer) pending.resolve(answer.svg);
    else pending.reject(new Error(`plotly.js could not draw the figure: ${answer.error}`));
  }

  #expire(id: number): void {
    if (!this.#pending.has(id)) return;
    const worker = this.#worker;
    this.#fail(new Error(`drawing the figure took longer than ${this.#timeout / 1000} s and was given up`));
    void worker?.terminate();
  }

  /** Forgets the thread and rejects whatever it still owed. */
  #fail(error: Error): void {
    this.#worker = undefined;
    for (const { reject, timer } of this.#pending.values()) {
      clearTimeout(timer);
      reject(error);
    }
    this.#pending.clear();
  }
}
