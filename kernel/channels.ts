import { setTimeout as sleep } from "node:timers/promises";
import { Dealer, Subscriber } from "zeromq";
import { address, type Connection } from "./connection.js";
import { Wire, type Message } from "./message.js";

/** Who is told what belongs to a request. */
export interface Listener {
  /** Every iopub message of the request, in order. */
  readonly onOutput?: ((message: Message) => void) | undefined;
  /** Answers the kernel's request for input. */
  readonly onInput?: ((prompt: string, password: boolean) => string | Promise<string>) | undefined;
}

/** A request on its way. Both promises reject when the channels fail; neither needs to be waited for. */
export interface Request {
  readonly reply: Promise<Message>;
  /** Resolves when the kernel says that it is idle again: all output has arrived. */
  readonly idle: Promise<void>;
  /** How many iopub messages have arrived. */
  readonly seen: () => number;
}

interface Pending extends Listener {
  seen: number;
  reply(message: Message): void;
  idle(): void;
  reject(error: Error): void;
}

/** Milliseconds without any output after which a kernel that has replied, but is not idle, has lost messages. */
const IDLE_SILENCE = 5000;

/** A client's ends of a kernel's sockets: sends requests and hands on what comes back for each of them. */
export class Channels {
  private readonly wire: Wire;
  private readonly shell: Dealer;
  private readonly control: Dealer;
  private readonly stdin: Dealer;
  private readonly iopub: Subscriber;
  private readonly pending = new Map<string, Pending>();
  private readonly sending = new Map<Dealer, Promise<void>>();
  private failure: Error | undefined;
  private readonly connected = deferred<void>();

  /** @param onPublished told of every iopub message, whoever caused it */
  constructor(
    connection: Connection,
    private readonly onPublished: (message: Message) => void,
  ) {
    this.wire = new Wire(connection.key, undefined, "client");
    // The kernel addresses the stdin channel by the identity it saw on shell, so both must carry the same one.
    const options = { linger: 0, reconnectInterval: 10, routingId: this.wire.session, sendHighWaterMark: 0 };
    this.shell = new Dealer(options);
    this.control = new Dealer(options);
    this.stdin = new Dealer(options);
    this.iopub = new Subscriber({ linger: 0, reconnectInterval: 10, receiveHighWaterMark: 0 });
    this.iopub.subscribe();
    this.stdin.events.on("handshake", () => this.connected.resolve());
    for (const channel of ["shell", "control", "stdin", "iopub"] as const)
      this[channel].connect(address(connection, channel));
    const onReply = (message: Message): void => this.about(message)?.reply(message);
    void this.receive(this.shell, onReply);
    void this.receive(this.control, onReply);
    void this.receive(this.stdin, (message) => void this.answerInput(message));
    void this.receive(this.iopub, (message) => this.published(message));
  }

  /** Resolves when the kernel can reach the stdin channel: what it asks before that is lost without a word. */
  get stdinConnected(): Promise<void> {
    return this.connected.promise;
  }

  request(channel: "shell" | "control", msgType: string, content: object, listener: Listener = {}): Request {
    const header = this.wire.header(msgType);
    const reply = deferred<Message>();
    const idle = deferred<void>();
    const pending: Pending = {
      ...listener,
      seen: 0,
      reply: reply.resolve,
      idle: idle.resolve,
      reject: (error) => [reply, idle].forEach(({ reject }) => reject(error)),
    };
    void Promise.allSettled([reply.promise, idle.promise]).then(() => this.pending.delete(header.msg_id));
    if (this.failure) pending.reject(this.failure);
    else {
      this.pending.set(header.msg_id, pending);
      this.send(this[channel], this.wire.build(msgType, content, { header }));
    }
    return { reply: reply.promise, idle: idle.promise, seen: () => pending.seen };
  }

  /** Rejects what is pending, and whatever is asked from now on, with this error, and closes the sockets. */
  fail(error: Error): void {
    this.failure = error;
    this.connected.reject(error);
    for (const pending of this.pending.values()) pending.reject(error);
    this.pending.clear();
    for (const socket of [this.shell, this.control, this.stdin, this.iopub]) socket.close();
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
    this.onPublished(message);
    if (!pending) return;
    pending.seen++;
    try {
      pending.onOutput?.(message);
    } catch (error) {
      pending.reject(error as Error); // the listener failed: who made the request is told
    }
    if (message.header.msg_type === "status" && message.content["execution_state"] === "idle") pending.idle();
  }

  private async answerInput(message: Message): Promise<void> {
    const pending = this.about(message);
    if (message.header.msg_type !== "input_request" || !pending?.onInput) return;
    const { prompt, password } = message.content;
    try {
      const value = await pending.onInput(typeof prompt === "string" ? prompt : "", password === true);
      this.send(this.stdin, this.wire.build("input_reply", { status: "ok", value }, { parent: message.header }));
    } catch (error) {
      pending.reject(error as Error);
    }
  }
}

/** The reply, once all output has arrived too. @throws when the kernel loses messages and never turns idle */
export async function settled({ reply, idle, seen }: Request): Promise<Message> {
  const message = await reply;
  let before: number;
  do {
    before = seen();
    if (await Promise.race([idle.then(() => true), sleep(IDLE_SILENCE, false, { ref: false })])) return message;
  } while (seen() > before);
  throw new Error("The kernel replied but never turned idle: part of the cell's output was lost");
}

function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (error: Error) => void } {
  let resolve!: (value: T) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<T>((onResolve, onReject) => ([resolve, reject] = [onResolve, onReject]));
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}
