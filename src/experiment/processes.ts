import { fork, type ChildProcess } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { getBackend } from "@tensorflow/tfjs-core";
import { ensure } from "../backend/device.js";
import { inOrder } from "./in-order.js";
import type { Queue } from "./queue.js";
import type { Run } from "./run.js";
import type { Answer, Request } from "./worker.js";

const WORKER = fileURLToPath(new URL("./worker.js", import.meta.url));
/** A process that was killed is replaced, and its run, which goes on from its checkpoint, tried so often in all. */
const TRIES = 2;
/** Of what a process wrote before it ended, so much is shown. */
const LAST_WORDS = 400;

/** Several runs at once on this machine, each in a process of its own; they share the processor's cores. */
export function processes(atOnce: number): Queue {
  return {
    async process(runs, { store, signal, onUpdate }) {
      await ensure();
      const idle: Worker[] = [];
      const all = new Set<Worker>();
      const threads = Math.max(1, Math.floor(availableParallelism() / atOnce));
      const perform = async (run: Run, onFraction: (fraction: number) => void): Promise<void> => {
        for (let attempt = 1; ; attempt++) {
          const worker = idle.pop() ?? new Worker(threads);
          all.add(worker);
          try {
            await worker.run({ type: "run", run, store, device: getBackend() }, signal, onFraction);
            idle.push(worker);
            return;
          } catch (error) {
            if (!worker.isAlive) all.delete(worker);
            else idle.push(worker);
            if (worker.isAlive || signal.aborted || attempt === TRIES) throw error;
          }
        }
      };
      try {
        await inOrder(runs, atOnce, perform, { signal, onUpdate });
      } finally {
        for (const worker of all) worker.end();
      }
    },
  };
}

/** One child process. */
class Worker {
  private readonly child: ChildProcess;
  private words = "";

  constructor(threads: number) {
    const env = { ...process.env, LONGTAIL_THREADS: String(threads) };
    this.child = fork(WORKER, { env, execArgv: [], stdio: ["ignore", "ignore", "pipe", "ipc"] });
    this.child.stderr!.on("data", (bytes: Buffer) => {
      this.words = `${this.words}${bytes.toString()}`.slice(-LAST_WORDS);
    });
    // Who waits for the process is told by "exit".
    this.child.on("error", () => undefined);
  }

  get isAlive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null && this.child.connected;
  }

  /** Resolves when the run is done. @throws Error if it failed, or the process ended; the signal's reason */
  run(request: Request, signal: AbortSignal, onFraction: (fraction: number) => void): Promise<void> {
    const { child } = this;
    return new Promise((resolve, reject) => {
      const settle = (then: () => void): void => {
        child.off("message", hear);
        child.off("exit", gone);
        signal.removeEventListener("abort", stop);
        then();
      };
      const hear = (answer: Answer): void => {
        if (answer.type === "progress") onFraction(answer.fraction);
        else if (answer.type === "done") settle(resolve);
        else if (answer.type === "stopped") settle(() => reject(signal.reason as Error));
        else settle(() => reject(new Error(answer.message)));
      };
      const gone = (code: number | null, by: string | null): void => {
        const how = by === null ? `with exit code ${code}` : `by ${by}`;
        const why = this.words.trim() === "" ? "" : `. Its last words: ${this.words.trim()}`;
        settle(() => reject(new Error(`The process of this run was ended ${how}${why}`)));
      };
      const stop = (): void => void child.send({ type: "stop" } satisfies Request, () => undefined);
      child.on("message", hear);
      child.on("exit", gone);
      signal.addEventListener("abort", stop);
      child.send(request, (error) => error && settle(() => reject(error)));
      if (signal.aborted) stop();
    });
  }

  end(): void {
    if (this.child.connected) this.child.disconnect();
  }
}
