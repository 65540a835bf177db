import { EventEmitter } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Channels, settled, type Listener } from "./channels.js";
import { stopReason, within } from "./deadline.js";
import { launch, type KernelCommand, type KernelExit, type KernelProcess } from "./launch.js";
import type { Message } from "./message.js";

type RequestChannel = "shell" | "control";
type Content = Record<string, unknown>;

/** The kernel's process ended while it was wanted. */
export class KernelDied extends Error {
  override readonly name = "KernelDied";
  constructor(readonly exit: KernelExit) {
    const how = exit.signal ? `signal ${exit.signal}` : exit.code === null ? "no exit code" : `exit code ${exit.code}`;
    const log = exit.log ? `; its last output was:\n${lastLines(exit.log)}` : " and left no message";
    super(`The kernel died with ${how}${log}`);
  }
}

/** A cell was stopped by its timeout or by an AbortSignal; `cause` is the reason. */
export class ExecutionStopped extends Error {
  override readonly name = "ExecutionStopped";
  constructor(
    reason: Error,
    /** True when the kernel did not honour the interrupt and was killed; its state is lost. */
    readonly killed: boolean,
    /** Why it could not be interrupted, if so. */
    obstacle?: string,
  ) {
    const why = obstacle === undefined ? "it did not react to an interrupt" : `it cannot be interrupted (${obstacle})`;
    super(`${reason.message}; ${killed ? `${why}: kernel killed` : "interrupted"}`, { cause: reason });
  }
}

export interface ExecuteReply extends Content {
  status: "ok" | "error" | "aborted";
  execution_count?: number;
  ename?: string;
  evalue?: string;
  traceback?: string[];
}

export interface ExecuteOptions {
  /** Called with every iopub message of this request, in order: status, stream, display_data, error ... */
  onOutput?: Listener["onOutput"];
  /** Answers `input()` in the cell. Without it the kernel is told that there is nobody to ask. */
  onInput?: Listener["onInput"];
  /** Milliseconds until the cell is interrupted, and killed if it goes on. Default: none. */
  timeout?: number;
  /** Aborting it interrupts the cell as a timeout does. */
  signal?: AbortSignal;
  /** Milliseconds an interrupted cell has to end before the kernel is killed, also one that stops by itself. Default 5000. */
  grace?: number;
  /** Neither output nor history. Default false. */
  silent?: boolean;
  /** Default: not silent. */
  storeHistory?: boolean;
  /** Whether an error aborts the requests that are already queued. Default true. */
  stopOnError?: boolean;
  /** Expressions evaluated after the cell; results come in the reply's `user_expressions`. */
  userExpressions?: Record<string, string>;
}

/** Milliseconds between two interrupts of a cell that goes on. */
const INTERRUPT_INTERVAL = 1000;
const LAUNCH_ATTEMPTS = 3;

/**
 * A client of one Jupyter kernel, which it starts and ends. Messages with a wrong signature are dropped.
 * Events: `dead` when the kernel ends by itself, `iopub` for every message published.
 */
export class KernelClient extends EventEmitter<{ dead: [KernelDied]; iopub: [Message] }> {
  /** Content of the kernel's kernel_info_reply. */
  info: Content = {};
  private readonly channels: Channels;
  private closing = false;
  private death: KernelDied | undefined;

  private constructor(private readonly process: KernelProcess) {
    super();
    this.channels = new Channels(process.connection, (message) => this.emit("iopub", message));
    void process.exited.then((exit) => this.ended(exit));
  }

  /**
   * Starts a kernel and waits until it answers and its output can be heard.
   * @param timeout milliseconds for that. Default 60000.
   * @throws KernelDied, or an Error with the kernel's last output when it does not answer in time
   */
  static async start(
    command: KernelCommand,
    { timeout = 60_000, signal }: { timeout?: number; signal?: AbortSignal } = {},
  ): Promise<KernelClient> {
    for (let attempt = 1; ; attempt++) {
      signal?.throwIfAborted();
      const client = new KernelClient(await launch(command));
      const late = `The kernel did not answer within ${timeout / 1000} s: ${command.argv.join(" ")}`;
      try {
        await within(client.handshake(), { timeout, late, signal });
        return client;
      } catch (error) {
        const { log } = client.process;
        await client.kill();
        // Another process took one of the ports between our finding it free and the kernel's binding it.
        const clash = error instanceof KernelDied && /EADDRINUSE|address (is )?already in use/i.test(error.exit.log);
        if (clash && attempt < LAUNCH_ATTEMPTS) continue;
        if (error instanceof Error && error.message === late && log)
          throw new Error(`${late}; its last output was:\n${lastLines(log)}`, { cause: error });
        throw error;
      }
    }
  }

  get pid(): number | undefined {
    return this.process.pid;
  }

  /**
   * Runs code and waits for its reply and for all of its output. An error in the code is a reply with status "error".
   * @throws ExecutionStopped after a timeout or abort, KernelDied
   */
  async execute(code: string, options: ExecuteOptions = {}): Promise<ExecuteReply> {
    const { signal, timeout, grace = 5000, silent = false, onOutput, onInput } = options;
    signal?.throwIfAborted();
    const request = this.channels.request(
      "shell",
      "execute_request",
      {
        code,
        silent,
        store_history: options.storeHistory ?? !silent,
        user_expressions: options.userExpressions ?? {},
        allow_stdin: onInput !== undefined,
        stop_on_error: options.stopOnError ?? true,
      },
      { onOutput, onInput },
    );
    const finished = settled(request);
    const stopped = stopReason({ timeout, late: `The cell took longer than ${(timeout ?? 0) / 1000} s`, signal });
    try {
      const first = await Promise.race([finished, stopped.promise]);
      if (!(first instanceof Error)) return first.content as ExecuteReply;
      const honoured = await this.interruptUntil(finished, grace);
      if (!honoured) await this.kill();
      throw new ExecutionStopped(first, !honoured, this.process.obstacle);
    } finally {
      stopped.clear();
      finished.catch(() => undefined);
    }
  }

  /**
   * Interrupts the running cell. Resolves when the kernel has taken the interrupt, not when the cell has ended.
   * @param timeout milliseconds for that; the kernel of this package waits for a cell that stops by itself before it answers, and
   * cuts it off where it is interrupted again meanwhile. Default 5000.
   * @throws Error where it cannot be: on Windows, a kernel that is interrupted by a signal
   */
  async interrupt({ timeout = 5000 }: { timeout?: number } = {}): Promise<void> {
    const { obstacle } = this.process;
    if (obstacle !== undefined) throw new Error(`The kernel cannot be interrupted: ${obstacle}`);
    if (this.process.command.interruptMode === "signal") this.process.kill("SIGINT");
    else {
      const late = "The kernel did not answer the interrupt request";
      await within(this.request("control", "interrupt_request"), { timeout, late });
    }
  }

  /** @param cursor position in code points (as the protocol counts). Default: the end. */
  complete(code: string, cursor = [...code].length): Promise<Content> {
    return this.request("shell", "complete_request", { code, cursor_pos: cursor });
  }

  inspect(code: string, cursor = [...code].length, detail: 0 | 1 = 0): Promise<Content> {
    return this.request("shell", "inspect_request", { code, cursor_pos: cursor, detail_level: detail });
  }

  isComplete(code: string): Promise<Content> {
    return this.request("shell", "is_complete_request", { code });
  }

  /** The last `n` inputs, or what other fields of a history_request ask for. */
  history(request: Content = { hist_access_type: "tail", n: 100 }): Promise<Content> {
    return this.request("shell", "history_request", { output: false, raw: true, ...request });
  }

  /** Sends any request and gives the content of its reply. */
  async request(channel: RequestChannel, msgType: string, content: Content = {}): Promise<Content> {
    return (await this.channels.request(channel, msgType, content).reply).content;
  }

  /**
   * Ends the kernel: asks it to, and kills it if it is still there after `timeout` milliseconds (default 3000).
   * @returns whether it went by itself
   */
  async shutdown({ timeout = 3000 }: { timeout?: number } = {}): Promise<boolean> {
    if (this.death) return false;
    this.closing = true;
    this.channels.request("control", "shutdown_request", { restart: false });
    const gone = await Promise.race([this.process.exited.then(() => true), sleep(timeout, false, { ref: false })]);
    if (!gone) await this.kill();
    return gone;
  }

  /** Kills the kernel at once. */
  async kill(): Promise<void> {
    this.closing = true;
    this.process.kill();
    await this.process.exited;
  }

  /**
   * Interrupts again and again: one that overtakes the start of its cell has no effect. Not before the last one is answered,
   * which would cut off a cell that is stopping by itself.
   */
  private async interruptUntil(finished: Promise<unknown>, grace: number): Promise<boolean> {
    const end = performance.now() + grace;
    for (let left = grace; left > 0; left = end - performance.now()) {
      const taken = this.interrupt({ timeout: left }).catch(() => undefined);
      const interval = sleep(Math.min(left, INTERRUPT_INTERVAL), undefined, { ref: false });
      const again = Promise.all([taken, interval]).then(() => false);
      if (await Promise.race([finished.then(() => true), again])) return true;
    }
    return false;
  }

  private async handshake(): Promise<void> {
    await this.channels.stdinConnected;
    for (;;) {
      const { reply, idle } = this.channels.request("shell", "kernel_info_request", {});
      this.info = (await reply).content;
      // Only when the status of this request arrives is the subscription to iopub known to stand.
      if (await Promise.race([idle.then(() => true), sleep(250, false)])) return;
    }
  }

  private ended(exit: KernelExit): void {
    this.death = new KernelDied(exit);
    this.channels.fail(this.death);
    if (!this.closing) this.emit("dead", this.death);
  }
}

function lastLines(log: string, count = 20): string {
  return log.split("\n").slice(-count).join("\n");
}
