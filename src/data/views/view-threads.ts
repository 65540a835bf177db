import { Worker } from "node:worker_threads";
import type { Examples } from "../examples.js";
import { drawViews, makeViews, type DrawnViews, type ViewsOptions } from "./views.js";

// Node runs only the compiled thread; where this module is read as TypeScript (by a test runner) that lies in dist/.
const HELPER = new URL(
  import.meta.url.endsWith(".ts") ? "../../../dist/src/data/views/view-thread.js" : "./view-thread.js",
  import.meta.url,
);

/** Each takes some 40 MB. */
const MOST = 16;

/** What a thread is at, in order: it answers in the same. */
interface Waiting {
  readonly resolve: (values: Float32Array) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Threads that make views while a device works on those before. They begin with the first views, keep no process from ending while
 * they have nothing to do, and give the bits that `views` gives.
 */
export class ViewThreads {
  private threads: Helper[] | undefined;

  /** @param count of threads. With 0, views are made in the calling thread, while it waits for them */
  constructor(readonly count: number) {}

  /**
   * Makes one view of each of some examples, as `views` does; draws from the stream at once.
   * @returns normalized, [positions, height, width, channels]
   * @throws as `views`; Error where a thread died, or `close` was called
   */
  async make(examples: Examples, positions: ArrayLike<number>, options: ViewsOptions): Promise<Float32Array> {
    const drawn = drawViews(examples, positions, options);
    const count = Math.min(this.count, MOST, drawn.views.length);
    if (count === 0) return makeViews(drawn);
    this.threads ??= Array.from({ length: Math.min(this.count, MOST) }, (_, i) => new Helper(i));
    const share = Math.ceil(drawn.views.length / count);
    const parts = this.threads.slice(0, count).map((thread, i) => thread.make(part(drawn, i * share, (i + 1) * share)));
    const made = await Promise.all(parts);
    const values = new Float32Array(made.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const one of made) {
      values.set(one, at);
      at += one.length;
    }
    return values;
  }

  /** Ends the threads; what they are at is lost. */
  close(): void {
    for (const thread of this.threads?.splice(0) ?? []) thread.close();
    this.threads = undefined;
  }
}

function part({ views, bytes, ...rest }: DrawnViews, from: number, to: number): DrawnViews {
  const length = bytes.length / views.length;
  return { ...rest, views: views.slice(from, to), bytes: bytes.slice(from * length, to * length) };
}

class Helper {
  private readonly worker: Worker;
  private readonly waiting: Waiting[] = [];
  private ended: Error | undefined;

  constructor(number: number) {
    // Not the flags of this process: some of them a thread refuses.
    this.worker = new Worker(HELPER, { name: `views ${number + 1}`, execArgv: [] });
    this.worker.unref();
    this.worker.on("message", (values: Float32Array) => {
      this.waiting.shift()?.resolve(values); // nobody waits for what was under way when it was closed
      if (this.waiting.length === 0) this.worker.unref();
    });
    this.worker.on("error", (cause) => this.end(`died (${cause.message})`, cause));
    this.worker.on("exit", (code) => this.end(`ended (exit code ${code})`));
  }

  make(drawn: DrawnViews): Promise<Float32Array> {
    if (this.ended) return Promise.reject(this.ended);
    return new Promise((resolve, reject) => {
      this.worker.postMessage(drawn, [drawn.bytes.buffer as ArrayBuffer]);
      this.waiting.push({ resolve, reject });
      this.worker.ref();
    });
  }

  close(): void {
    this.end("was closed");
    void this.worker.terminate();
  }

  private end(why: string, cause?: unknown): void {
    this.ended ??= new Error(`A thread that makes views ${why}; LONGTAIL_THREADS=1 does without threads`, { cause });
    for (const { reject } of this.waiting.splice(0)) reject(this.ended);
  }
}
