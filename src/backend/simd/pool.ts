import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { MOST_ARGS, takeChunks, WORD, WORDS, type Kernel, type Shared } from "./job.js";
import type { Memory } from "./memory.js";
import { kernelModule } from "./module.js";

// Node runs only the compiled thread; where this module is read as TypeScript (by a test runner) that lies in dist/.
const ENTRY = new URL(
  import.meta.url.endsWith(".ts") ? "../../../dist/src/backend/simd/worker.js" : "./worker.js",
  import.meta.url,
);

/** How often the thread that opened a job looks whether the others are done before it sleeps. */
const SPINS = 20_000;
/** Milliseconds without any sign of life after which a thread that should be computing counts as dead. */
const PATIENCE = 60_000;

/** How a job is cut: chunks of `grain` items (default 1), taken by whichever thread is free. */
export interface Work {
  readonly items: number;
  readonly grain?: number;
}

/**
 * Threads that compute kernels over one memory. The calling thread works too, and waits only for threads that have taken
 * part: one that is asleep, still starting or dead costs nothing.
 */
export class Pool {
  /** Threads, the calling one among them. */
  readonly threads: number;
  private readonly control = new Int32Array(new SharedArrayBuffer(4 * WORDS));
  private readonly args = new Float64Array(new SharedArrayBuffer(8 * MOST_ARGS));
  private readonly kernels: readonly Kernel[];
  private readonly index: ReadonlyMap<string, number>;
  private readonly workers = new Set<Worker>();
  private readonly patience: number;

  /**
   * @param threads 1 to 64. Default: LONGTAIL_THREADS, else one a core.
   * @param patience milliseconds; for tests
   */
  constructor(memory: Memory, { threads = threadCount(), patience = PATIENCE }: PoolOptions = {}) {
    this.threads = threads;
    this.patience = patience;
    const module = kernelModule();
    const instance = new WebAssembly.Instance(module, { env: { memory: memory.wasm, abort: trapped } });
    const names = Object.keys(instance.exports).filter((name) => typeof instance.exports[name] === "function");
    this.kernels = names.map((name) => instance.exports[name] as Kernel);
    this.index = new Map(names.map((name, index) => [name, index]));
    for (let thread = 1; thread < threads; thread++)
      this.start({
        module,
        memory: memory.wasm,
        control: this.control.buffer,
        args: this.args.buffer,
        kernels: names,
        thread,
      });
  }

  /** Threads that are there beside the calling one. */
  get helpers(): number {
    return this.workers.size;
  }

  /** Runs a kernel over all items on all threads, and returns when it is done. Nothing is handed out for 0 items. */
  run(name: string, { items, grain = 1 }: Work, ...args: number[]): void {
    const index = this.index.get(name);
    if (index === undefined) throw new Error(`There is no kernel "${name}"`);
    if (items <= 0) return;
    if (this.workers.size === 0 || items <= grain) return this.kernels[index]!(...args, 0, items, 0);
    const { control } = this;
    this.settle(); // an earlier job that an interrupt cut off
    this.args.set(args);
    control[WORD.kernel] = index;
    control[WORD.arity] = args.length;
    control[WORD.items] = items;
    control[WORD.grain] = grain;
    Atomics.store(control, WORD.failed, 0);
    Atomics.store(control, WORD.next, 0);
    Atomics.add(control, WORD.generation, 1);
    Atomics.notify(control, WORD.generation);
    takeChunks(control, this.kernels, args.slice(), 0);
    this.settle();
    const failed = Atomics.load(control, WORD.failed);
    if (failed > 0) throw new Error(`The kernel "${name}" failed on thread ${failed - 1}: out of its memory's bounds`);
  }

  /** Ends the threads. */
  async close(): Promise<void> {
    const { control } = this;
    Atomics.store(control, WORD.closing, 1);
    Atomics.add(control, WORD.generation, control[WORD.generation]! % 2 === 0 ? 1 : 2);
    Atomics.notify(control, WORD.generation);
    await Promise.all([...this.workers].map((worker) => worker.terminate()));
    this.workers.clear();
  }

  /** Closes the open job, and waits until nobody works on it. */
  private settle(): void {
    const { control } = this;
    if (Atomics.load(control, WORD.generation) % 2 === 1) Atomics.add(control, WORD.generation, 1);
    for (let spins = 0; spins < SPINS; spins++) if (Atomics.load(control, WORD.active) === 0) return;
    let progress = Atomics.load(control, WORD.progress);
    let since = performance.now();
    for (let active = Atomics.load(control, WORD.active); active > 0; active = Atomics.load(control, WORD.active)) {
      Atomics.wait(control, WORD.active, active, 100);
      const now = Atomics.load(control, WORD.progress);
      if (now !== progress) [progress, since] = [now, performance.now()];
      else if (performance.now() - since > this.patience) this.giveUp(active);
    }
  }

  private giveUp(active: number): never {
    Atomics.store(this.control, WORD.active, 0);
    throw new Error(
      `${active === 1 ? "A thread" : `${active} threads`} of the CPU engine died in the middle of a computation ` +
        `(no sign of life for ${this.patience / 1000} s). What was being computed is lost; LONGTAIL_THREADS=1 does without threads`,
    );
  }

  private start(shared: Shared): void {
    // Not the flags of this process: some of them a thread refuses.
    const worker = new Worker(ENTRY, { name: `simd ${shared.thread}`, workerData: shared, execArgv: [] });
    worker.unref();
    this.workers.add(worker);
    worker.on("error", () => this.workers.delete(worker));
    worker.on("exit", () => this.workers.delete(worker));
  }
}

export interface PoolOptions {
  readonly threads?: number;
  readonly patience?: number;
}

/** Threads asked for by LONGTAIL_THREADS, else one a core (at most 64). @throws RangeError */
export function threadCount(asked = process.env["LONGTAIL_THREADS"]): number {
  if (asked === undefined || asked === "") return Math.min(availableParallelism(), 64);
  const threads = Number(asked);
  if (Number.isInteger(threads) && threads >= 1 && threads <= 64) return threads;
  throw new RangeError(`LONGTAIL_THREADS is "${asked}"; expected a whole number from 1 to 64`);
}

function trapped(): never {
  throw new Error("a kernel was called with wrong arguments");
}
