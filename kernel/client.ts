import { EventEmitter } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Dealer, Subscriber } from "zeromq";
import { address } from "./connection.js";
import { launch, type KernelCommand, type KernelExit, type KernelProcess } from "./launch.js";
import { Wire, type Message } from "./message.js";

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
  ) {
    super(`${reason.message}; ${killed ? "it did not react to an interrupt: kernel killed" : "interrupted"}`, {
      cause: reason,
    });
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
  onOutput?: (message: Message) => void;
  /** Answers `input()` in the cell. Without it the kernel is told that there is nobody to ask. */
  onInput?: (prompt: string, password: boolean) => string | Promise<string>;
  /** Milliseconds until the cell is interrupted, and killed if it goes on. Default: none. */
  timeout?: number;
  /** Aborting it interrupts the cell as a timeout does. */
  signal?: AbortSignal;
  /** Milliseconds an interrupted cell has to end before the kernel is killed. Default 5000. */
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

interface Pending {
  reply: (message: Message) => void;
  idle: () => void;
  reject: (error: Error) => void;
  output: ((message: Message) => void) | undefined;
  input: ExecuteOptions["onInput"] | undefined;
  /** iopub messages so far. */
  seen: number;
}

/** Milliseconds without any output after which a kernel that has replied, but is not idle, has lost messages. */
const IDLE_SILENCE = 5000;
const INTERRUPT_INTERVAL = 1000;
const LAUNCH_ATTEMPTS = 3;

/**
 * A client of one Jupyter kernel, which it starts and ends. Messages with a wrong signature are dropped.
 * Events: `dead` when the kernel ends by itself, `iopub` for every message published.
 */
export class KernelClient extends EventEmitter<{ dead: [KernelDied]; iopub: [Message] }> {
  /** Content of the kernel's kernel_info_reply. */
  info: Content = {};
  private readonly wire: Wire;
  private readonly shell: Dealer;
  private readonly control: Dealer;
  private readonly stdin: Dealer;
  private readonly iopub: Subscriber;
  private readonly pending = new Map<string, Pending>();
  private readonly sending = new Map<Dealer, Promise<void>>();
  private closing = false;
  private death: KernelDied | undefined;

  private constructor(private readonly process: KernelProcess) {
    super();
    const { connection } = process;
    this.wire = new Wire(connection.key, undefined, "client");
    // The kernel addresses the stdin channel by the identity it saw on shell, so both must carry the same one.
    const options = { linger: 0, reconnectInterval: 10, routingId: this.wire.session, sendHighWaterMark: 0 };
    this.shell = new Dealer(options);
    this.control = new Dealer(options);
    this.stdin = new Dealer(options);
    this.iopub = new Subscriber({ linger: 0, reconnectInterval: 10, receiveHighWaterMark: 0 });
    this.iopub.subscribe();
    for (const channel of ["shell", "control", "stdin", "iopub"] as const)
      this[channel].connect(address(connection, channel));
    const onReply = (message: Message): void => this.about(message)?.reply(message);
    void this.receive(this.shell, onReply);
    void this.receive(this.control, onReply);
    void this.receive(this.stdin, (message) => void this.answerInput(message));
    void this.receive(this.iopub, (message) => this.published(message));
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
        await within(client.handshake(), timeout, late, signal);
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
    const { signal, timeout, grace = 5000, silent = false, onInput } = options;
    signal?.throwIfAborted();
    const request = this.post(
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
      { output: options.onOutput, input: onInput },
    );
    const finished = this.finished(request);
    const stopped = stopReason(signal, timeout);
    try {
      const first = await Promise.race([finished, stopped.promise]);
      if (!(first instanceof Error)) return first.content as ExecuteReply;
      const honoured = await this.interruptUntil(finished, grace);
      if (!honoured) await this.kill();
      throw new ExecutionStopped(first, !honoured);
    } finally {
      stopped.clear();
      finished.catch(() => undefined);
    }
  }

  /** Interrupts the running cell. Resolves when the kernel has taken the interrupt, not when the cell has ended. */
  async interrupt({ timeout = 5000 }: { timeout?: number } = {}): Promise<void> {
    if (this.process.command.interruptMode === "signal") this.process.kill("SIGINT");
    else
      await within(
        this.request("control", "interrupt_request"),
        timeout,
        "The kernel did not answer the interrupt request",
      );
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
    return (await this.post(channel, msgType, content).reply).content;
  }

  /**
   * Ends the kernel: asks it to, and kills it if it is still there after `timeout` milliseconds (default 3000).
   * @returns whether it went by itself
   */
  async shutdown({ timeout = 3000 }: { timeout?: number } = {}): Promise<boolean> {
    if (this.death) return false;
    this.closing = true;
    this.post("control", "shutdown_request", { restart: false });
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

  /** Interrupts again and again: one that overtakes the start of its cell has no effect. */
  private async interruptUntil(finished: Promise<unknown>, grace: number): Promise<boolean> {
    const end = performance.now() + grace;
    for (let left = grace; left > 0; left = end - performance.now()) {
      void this.interrupt().catch(() => undefined);
      if (await Promise.race([finished.then(() => true), sleep(Math.min(left, INTERRUPT_INTERVAL), false)]))
        return true;
    }
    return false;
  }

  private async handshake(): Promise<void> {
    for (;;) {
      const { reply, idle } = this.post("shell", "kernel_info_request", {});
      this.info = (await reply).content;
      // Only when the status of this request arrives is the subscription to iopub known to stand.
      if (await Promise.race([idle.then(() => true), sleep(250, false)])) return;
    }
  }

  private post(
    channel: RequestChannel,
    msgType: string,
    content: Content,
    { output, input }: Partial<Pick<Pending, "output" | "input">> = {},
  ): { reply: Promise<Message>; idle: Promise<void>; pending: Pending } {
    const header = this.wire.header(msgType);
    const pending: Pending = { reply: () => {}, idle: () => {}, reject: () => {}, output, input, seen: 0 };
    const rejections: ((error: Error) => void)[] = [];
    pending.reject = (error) => rejections.forEach((reject) => reject(error));
    const reply = new Promise<Message>((resolve, reject) => ((pending.reply = resolve), rejections.push(reject)));
    const idle = new Promise<void>((resolve, reject) => ((pending.idle = resolve), rejections.push(reject)));
    // Not every caller waits for both; a kernel's death is still told by the one that is waited for.
    reply.catch(() => undefined);
    idle.catch(() => undefined);
    void Promise.allSettled([reply, idle]).then(() => this.pending.delete(header.msg_id));
    if (this.death) pending.reject(this.death);
    else {
      this.pending.set(header.msg_id, pending);
      this.send(this[channel], this.wire.build(msgType, content, { header }));
    }
    return { reply, idle, pending };
  }

  private async finished({ reply, idle, pending }: ReturnType<KernelClient["post"]>): Promise<Message> {
    const message = await reply;
    let seen: number;
    do {
      seen = pending.seen;
      if (await Promise.race([idle.then(() => true), sleep(IDLE_SILENCE, false, { ref: false })])) return message;
    } while (pending.seen > seen);
    throw new Error("The kernel replied but never turned idle: part of the cell's output was lost");
  }

  private send(socket: Dealer, frames: Buffer[]): void {
    // zeromq allows one send at a time on a socket.
    const previous = this.sending.get(socket) ?? Promise.resolve();
    const sent = previous.then(() => socket.send(frames)).catch(() => undefined);
    this.sending.set(socket, sent);
  }

  private async receive(socket: Dealer | Subscriber, handle: (message: Message) => void): Promise<void> {
    for await (const frames of socket as AsyncIterable<Buffer[]>) {
      let message: Message;
      try {
        message = this.wire.parse(frames);
      } catch {
        continue; // forged or malformed: not from our kernel
      }
      handle(message);
    }
  }

  private about(message: Message): Pending | undefined {
    return this.pending.get(message.parent_header?.msg_id ?? "");
  }

  private published(message: Message): void {
    const pending = this.about(message);
    this.emit("iopub", message);
    if (!pending) return;
    pending.seen++;
    try {
      pending.output?.(message);
    } catch (error) {
      pending.reject(error as Error); // the caller's callback failed: its execute() says so
    }
    if (message.header.msg_type === "status" && message.content["execution_state"] === "idle") pending.idle();
  }

  private async answerInput(message: Message): Promise<void> {
    const pending = this.about(message);
    if (message.header.msg_type !== "input_request" || !pending?.input) return;
    const { prompt, password } = message.content;
    try {
      const value = await pending.input(typeof prompt === "string" ? prompt : "", password === true);
      this.send(this.stdin, this.wire.build("input_reply", { status: "ok", value }, { parent: message.header }));
    } catch (error) {
      pending.reject(error as Error);
    }
  }

  private ended(exit: KernelExit): void {
    this.death = new KernelDied(exit);
    for (const pending of this.pending.values()) pending.reject(this.death);
    this.pending.clear();
    for (const socket of [this.shell, this.control, this.stdin, this.iopub]) socket.close();
    if (!this.closing) this.emit("dead", this.death);
  }
}

function lastLines(log: string, count = 20): string {
  return log.split("\n").slice(-count).join("\n");
}

/** A promise of why to stop: resolves with the reason when the signal aborts or the time is over. */
function stopReason(signal: AbortSignal | undefined, timeout: number | undefined) {
  let clear = (): void => {};
  const promise = new Promise<Error>((resolve) => {
    const abort = (): void =>
      resolve(signal?.reason instanceof Error ? signal.reason : new Error(String(signal?.reason)));
    signal?.addEventListener("abort", abort, { once: true });
    const timer =
      timeout === undefined
        ? undefined
        : setTimeout(() => resolve(new Error(`The cell took longer than ${timeout / 1000} s`)), timeout);
    clear = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    };
  });
  return { promise, clear: () => clear() };
}

async function within<T>(promise: Promise<T>, timeout: number, late: string, signal?: AbortSignal): Promise<T> {
  const timer = new AbortController();
  const over = sleep(timeout, undefined, { signal: signal ? AbortSignal.any([signal, timer.signal]) : timer.signal });
  try {
    return await Promise.race([
      promise,
      over.then(
        () => Promise.reject(new Error(late)),
        () => Promise.reject(signal?.reason instanceof Error ? signal.reason : new Error("aborted")),
      ),
    ]);
  } finally {
    timer.abort();
    promise.catch(() => undefined);
    over.catch(() => undefined);
  }
}
