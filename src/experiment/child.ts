import { fork, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Answer, Request } from "./worker.js";

const WORKER = fileURLToPath(new URL("./worker.js", import.meta.url));
/** Of what a process wrote before it ended, so much is shown. */
const LAST_WORDS = 400;

/** One child process that does runs. */
export class Child {
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
        else if (answer.type === "warning") process.emitWarning(answer.message, answer.name);
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
