import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { MOST_ARGS, NO_MORE, takeChunks, WORD, WORDS, type Kernel, type Shared } from "./job.js";
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
/** Milliseconds between two looks for a sign of life. */
const SILENCE = 100;

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
  private control!: Int32Array<SharedArrayBuffer>;
  private args!: Float64Array<SharedArrayBuffer>;
  private readonly kernels: readonly Kernel[];
  private readonly index: ReadonlyMap<string, number>;
  private readonly workers = new Set<Worker>();
  private readonly patience: number;
  private readonly module: WebAssembly.Module;

  constructor(
    private readonly memory: Memory,
    { threads = threadCount(), patience = PATIENCE, module = kernelModule() }: PoolOptions = {},
  ) {
    this.threads = threads;
    this.patience = patience;
    this.module = module;
    const instance = new WebAssembly.Instance(module, { env: { memory: memory.wasm, abort: trapped } });
    const names = Object.keys(instance.exports).filter((name) => typeof instance.exports[name] === "function");
    this.kernels = names.map((name) => instance.exports[name] as Kernel);
    this.index = new Map(names.map((name, index) => [name, index]));
    this.start();
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
    try {
      if (this.workers.size === 0 || items <= grain) this.kernels[index]!(...args, 0, items, 0);
      else this.share(index, items, grain, args);
    } catch (error) {
      if (!(error instanceof WebAssembly.RuntimeError)) throw error;
      throw new Error(`The kernel "${name}" failed: ${error.message}`, { cause: error });
    }
  }

  /**
   * Closes the open job and waits until nobody works on it. Between jobs, one is open only where an interrupt (Ctrl-C, a
   * time limit) cut off the caller of `run`: memory must not be used again before this.
   */
  settle(): void {
    const { control } = this;
    Atomics.store(control, WORD.next, NO_MORE);
    // A bit, not a remainder: that of a negative number, which follows after 2^30 jobs, is -1.
    if ((Atomics.load(control, WORD.generation) & 1) === 1) Atomics.add(control, WORD.generation, 1);
    for (let spins = 0; spins < SPINS; spins++) if (Atomics.load(control, WORD.active) === 0) return;
    let progress = Atomics.load(control, WORD.progress);
    // Waits are counted, not time: this process may have been stopped (Ctrl-Z) in between.
    let silence = 0;
    for (let active = Atomics.load(control, WORD.active); active > 0; active = Atomics.load(control, WORD.active)) {
      const outcome = Atomics.wait(control, WORD.active, active, SILENCE);
      const now = Atomics.load(control, WORD.progress);
      if (now !== progress) [progress, silence] = [now, 0];
      else if (outcome === "timed-out" && (silence += SILENCE) >= this.patience) this.giveUp(active);
    }
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

  private share(kernel: number, items: number, grain: number, args: number[]): void {
    this.settle();
    const { control } = this;
    this.args.set(args);
    control[WORD.kernel] = kernel;
    control[WORD.arity] = args.length;
    control[WORD.items] = items;
    control[WORD.grain] = grain;
    Atomics.store(control, WORD.failed, 0);
    Atomics.store(control, WORD.next, 0);
    Atomics.add(control, WORD.generation, 1);
    Atomics.notify(control, WORD.generation);
    try {
      takeChunks(control, this.kernels, args.slice(), 0);
    } finally {
      this.settle();
    }
    const failed = Atomics.load(control, WORD.failed);
    if (failed > 0) throw new WebAssembly.RuntimeError(`memory access out of bounds (thread ${failed - 1})`);
  }

  /** Starts anew: a thread that was only slow must not take part in what comes next. */
  private giveUp(active: number): never {
    for (const worker of this.workers) void worker.terminate();
    this.workers.clear();
    this.start();
    throw new Error(
      `${active === 1 ? "A thread" : `${active} threads`} of the CPU engine died in the middle of a computation ` +
        `(no sign of life for ${this.patience / 1000} s). What was being computed is lost; LONGTAIL_THREADS=1 does without threads`,
    );
  }

  private start(): void {
    this.control = new Int32Array(new SharedArrayBuffer(4 * WORDS));
    this.args = new Float64Array(new SharedArrayBuffer(8 * MOST_ARGS));
    for (let thread = 1; thread < this.threads; thread++) {
      const workerData: Shared = {
        module: this.module,
        memory: this.memory.wasm,
        control: this.control.buffer,
        args: this.args.buffer,
        kernels: [...this.index.keys()],
        thread,
      };
      // Not the flags of this process: some of them a thread refuses.
      const worker = new Worker(ENTRY, { name: `simd ${thread}`, workerData, execArgv: [] });
      worker.unref();
      this.workers.add(worker);
      worker.on("error", () => this.workers.delete(worker));
      worker.on("exit", () => this.workers.delete(worker));
    }
  }
}

export interface PoolOptions {
  /** 1 to 64. Default: LONGTAIL_THREADS, else one a core. */
  readonly threads?: number;
  /** Milliseconds; for tests. */
  readonly patience?: number;
  /** The kernels; others than the compiled ones for tests. */
  readonly module?: WebAssembly.Module;
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
