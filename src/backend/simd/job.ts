/** The protocol by which threads share a job: words of a shared Int32Array, by name. */
export const WORD = {
  /** Odd while a job is open; goes up by one when a job is opened and when it is closed. Threads sleep on it. */
  generation: 0,
  /** Threads that work on the open job, beside the one that opened it, which sleeps on it. */
  active: 1,
  /** Next chunk that nobody has taken. */
  next: 2,
  /** The job: which kernel, how many arguments, how many items and how many a chunk. */
  kernel: 3,
  arity: 4,
  items: 5,
  grain: 6,
  /** 1 + index of the thread whose kernel failed. */
  failed: 7,
  /** Goes up with each chunk that is done: a sign of life. */
  progress: 8,
  /** 1 when threads shall end. */
  closing: 9,
} as const;

export const WORDS = 16;
/** A chunk beyond the last of any job: nobody needs the rest of one that failed. */
export const NO_MORE = 0x3fffffff;
/** Most arguments of a kernel, without the three that every kernel has last. */
export const MOST_ARGS = 48;

/** What a thread is started with. */
export interface Shared {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly control: SharedArrayBuffer;
  readonly args: SharedArrayBuffer;
  readonly kernels: readonly string[];
  readonly thread: number;
}

export type Kernel = (...args: number[]) => void;

/** How often a thread looks for the next job before it sleeps: some 50 us, longer than the gap between two operations. */
const SPINS = 4000;

/** A thread of the pool: takes part in every job that is opened, until the pool is closed. */
export function compute(control: Int32Array, args: Float64Array, kernels: readonly Kernel[], thread: number): void {
  for (let seen = 0; ;) {
    let generation = Atomics.load(control, WORD.generation);
    for (let spins = 0; generation === seen || generation % 2 === 0; spins++) {
      if (spins >= SPINS) {
        Atomics.wait(control, WORD.generation, generation);
        spins = 0;
      }
      generation = Atomics.load(control, WORD.generation);
    }
    if (Atomics.load(control, WORD.closing) === 1) return;
    seen = generation;
    Atomics.add(control, WORD.active, 1);
    // Only now does the opener wait for this thread: the job may have been closed in between.
    if (Atomics.load(control, WORD.generation) === generation) {
      try {
        takeChunks(control, kernels, jobArgs(control, args), thread);
      } catch {
        Atomics.store(control, WORD.failed, thread + 1);
        Atomics.store(control, WORD.next, NO_MORE);
      }
    }
    Atomics.sub(control, WORD.active, 1);
    Atomics.notify(control, WORD.active);
  }
}

/** Computes chunks of the open job until all are taken. Every kernel gets (...args, first item, item after the last, thread). */
export function takeChunks(control: Int32Array, kernels: readonly Kernel[], args: number[], thread: number): void {
  const kernel = kernels[control[WORD.kernel]!]!;
  const items = control[WORD.items]!;
  const grain = control[WORD.grain]!;
  const arity = args.length;
  for (;;) {
    const begin = Atomics.add(control, WORD.next, 1) * grain;
    if (begin >= items) return;
    args[arity] = begin;
    args[arity + 1] = Math.min(begin + grain, items);
    args[arity + 2] = thread;
    kernel(...args);
    Atomics.add(control, WORD.progress, 1);
  }
}

function jobArgs(control: Int32Array, args: Float64Array): number[] {
  return Array.from(args.subarray(0, control[WORD.arity]));
}
