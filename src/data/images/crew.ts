import { setImmediate } from "node:timers/promises";
import { parentPort, Worker, workerData } from "node:worker_threads";
import { FileError, type FileFault } from "../file-error.js";

/** Items that threads share out among themselves: whichever is free takes the next few. */
export interface Work<Data> {
  /** They are numbered 0 to items - 1. */
  readonly items: number;
  /** How many are taken at a time. Between two takes the calling thread turns to other things. */
  readonly grain: number;
  /** Threads, the calling one among them; only it where 1. */
  readonly threads: number;
  /** Does an item in the calling thread. */
  readonly run: (item: number) => void;
  /** The module that the other threads run, which calls `help`, and what they are given. */
  readonly helper: URL;
  readonly data: Data;
  /** Whether a FileError ends all. Default true; else they are collected. */
  readonly strict?: boolean;
  /** Called now and then with the number of items done. */
  readonly onProgress?: ((done: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** An item that failed, and why. */
export interface Failure {
  readonly item: number;
  readonly fault: FileFault;
}

/** What a thread tells of the items that it took. */
interface Report {
  readonly done: number;
  readonly failures: readonly Failure[];
}

/** What all threads have in common. */
interface Share {
  readonly control: Int32Array;
  readonly items: number;
  readonly grain: number;
  readonly strict: boolean;
}

/** Words of the control block: the next item that nobody has taken; 1 when nobody shall take any more. */
const [NEXT, CLOSED] = [0, 1];

/**
 * Does all items, on several threads. All threads have ended when the promise is settled.
 * @returns the failures in order of items, where the work is not strict
 * @throws the FileError of the first item that has one, whatever the number of threads; an Error where a thread dies; the
 *   signal's reason
 */
export async function shareOut<Data>(work: Work<Data>): Promise<Failure[]> {
  const { items, grain, threads, run, helper, data, strict = true, onProgress, signal } = work;
  signal?.throwIfAborted();
  const control = new Int32Array(new SharedArrayBuffer(8));
  const share: Share = { control, items, grain, strict };
  const failures: Failure[] = [];
  let done = 0;
  const collect = (report: Report): void => {
    failures.push(...report.failures);
    onProgress?.((done += report.done));
  };
  const workers: Worker[] = [];
  let stop!: () => void;
  const stopped = new Promise<never>((_, reject) => (stop = () => reject(signal!.reason as Error)));
  signal?.addEventListener("abort", stop);
  try {
    const ends: Promise<void>[] = [];
    for (let thread = 1; thread < threads; thread++) {
      // Not the flags of this process: some of them a thread refuses.
      const worker = new Worker(helper, { name: `images ${thread}`, workerData: { share, data }, execArgv: [] });
      workers.push(worker);
      ends.push(end(worker, collect));
    }
    const own = (async () => {
      for (let report = take(share, run); report; report = take(share, run)) {
        collect(report);
        await setImmediate();
      }
    })();
    await Promise.race([stopped, Promise.all([own, ...ends])]);
  } finally {
    signal?.removeEventListener("abort", stop);
    Atomics.store(control, CLOSED, 1);
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  failures.sort((a, b) => a.item - b.item);
  if (strict && failures[0]) throw new FileError(failures[0].fault);
  return failures;
}

/** What a helping thread does: its part of the items, each with the function that `prepare` makes of the data. */
export function help<Data>(prepare: (data: Data) => (item: number) => void): void {
  const { share, data } = workerData as { share: Share; data: Data };
  const run = prepare(data);
  for (let report = take(share, run); report; report = take(share, run)) parentPort!.postMessage(report);
}

function take({ control, items, grain, strict }: Share, run: (item: number) => void): Report | undefined {
  if (Atomics.load(control, CLOSED) === 1) return undefined;
  const begin = Atomics.add(control, NEXT, 1) * grain;
  if (begin >= items) return undefined;
  const end = Math.min(begin + grain, items);
  const failures: Failure[] = [];
  for (let item = begin; item < end; item++) {
    try {
      run(item);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      const { file, offset, expected, found, advice } = error;
      failures.push({ item, fault: { file, offset, expected, found, advice } });
      if (!strict) continue;
      // Items before this one are done or in somebody's hands: the first failure of all is among those that come in.
      Atomics.store(control, CLOSED, 1);
      break;
    }
  }
  return { done: end - begin, failures };
}

/** Until a thread ends. */
function end(worker: Worker, collect: (report: Report) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const died = (why: string, cause?: Error): void =>
      reject(new Error(`A thread that decodes images died (${why}); with { threads: 1 } there are none`, { cause }));
    worker.on("error", (error: Error) => died(error.message, error));
    worker.on("exit", (code) => (code === 0 ? resolve() : died(`exit code ${code}`)));
    worker.on("message", (report: Report) => void Promise.resolve(report).then(collect).catch(reject));
  });
}
