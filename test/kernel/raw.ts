import { afterAll } from "vitest";
import { Dealer, Request, Subscriber } from "zeromq";
import { address, type Channel } from "../../kernel/connection.js";
import { launch, type KernelProcess } from "../../kernel/launch.js";
import { Wire, type Message } from "../../kernel/message.js";
import { kernelCommand } from "./kernel.js";

const open: RawClient[] = [];
afterAll(async () => {
  await Promise.all(open.splice(0).map((client) => client.close()));
});

/** A kernel and bare sockets to it: for what a well-behaved client would not send. */
export class RawClient {
  readonly wire: Wire;
  readonly published: Message[] = [];
  private readonly sockets: Record<"shell" | "control" | "stdin", Dealer>;
  private readonly iopub = new Subscriber({ linger: 0 });
  private readonly received: { channel: string; message: Message }[] = [];
  private waiting: (() => void)[] = [];

  private constructor(readonly process: KernelProcess) {
    const { connection } = process;
    this.wire = new Wire(connection.key, undefined, "raw");
    const dealer = (channel: Channel): Dealer => {
      const socket = new Dealer({ linger: 0, routingId: this.wire.session });
      socket.connect(address(connection, channel));
      return socket;
    };
    this.sockets = { shell: dealer("shell"), control: dealer("control"), stdin: dealer("stdin") };
    for (const [channel, socket] of Object.entries(this.sockets))
      void this.collect(socket, (message) => this.received.push({ channel, message }));
    this.iopub.connect(address(connection, "iopub"));
    this.iopub.subscribe();
    void this.collect(this.iopub, (message) => this.published.push(message));
  }

  static async start(): Promise<RawClient> {
    const client = new RawClient(await launch(kernelCommand()));
    open.push(client);
    await client.request("shell", "kernel_info_request");
    // The subscription stands when something that was published is heard.
    while (client.published.length === 0) await client.request("shell", "kernel_info_request");
    return client;
  }

  /** Sends a request; its header tells the answers apart. */
  async send(
    channel: "shell" | "control" | "stdin",
    type: string,
    content: object = {},
    parent: object = {},
  ): Promise<string> {
    const header = this.wire.header(type);
    await this.sockets[channel].send(this.wire.build(type, content, { header, parent }));
    return header.msg_id;
  }

  sendFrames(channel: "shell" | "control" | "stdin", frames: (string | Buffer)[]): Promise<void> {
    return this.sockets[channel].send(frames);
  }

  async request(channel: "shell" | "control", type: string, content: object = {}): Promise<Message> {
    return this.answer(await this.send(channel, type, content));
  }

  /** The reply to a request, on whatever channel it comes. */
  answer(id: string): Promise<Message> {
    const isReply = ({ header, parent_header }: Message): boolean =>
      parent_header.msg_id === id && header.msg_type.endsWith("_reply");
    return this.until(() => this.received.find(({ message }) => isReply(message))?.message);
  }

  /** The first message of a type that came on a channel. */
  message(channel: string, type: string): Promise<Message> {
    return this.until(
      () => this.received.find((each) => each.channel === channel && each.message.header.msg_type === type)?.message,
    );
  }

  /** What was published under a request, until it was idle. */
  async output(id: string): Promise<Message[]> {
    const under = (): Message[] => this.published.filter(({ parent_header }) => parent_header.msg_id === id);
    await this.until(() => under().find(({ content }) => content["execution_state"] === "idle"));
    return under();
  }

  /** Whether the heartbeat echoes within `ms`. */
  async beat(ms: number): Promise<boolean> {
    const socket = new Request({ linger: 0, receiveTimeout: ms });
    try {
      socket.connect(address(this.process.connection, "hb"));
      await socket.send("beat");
      const [echo] = await socket.receive();
      return echo?.toString() === "beat";
    } catch {
      return false;
    } finally {
      socket.close();
    }
  }

  async close(): Promise<void> {
    this.process.kill();
    await this.process.exited;
    for (const socket of [this.iopub, ...Object.values(this.sockets)]) socket.close();
  }

  private async until<T>(find: () => T | undefined, ms = 20_000): Promise<T> {
    for (const end = performance.now() + ms; ;) {
      const found = find();
      if (found !== undefined) return found;
      if (performance.now() > end) throw new Error("The kernel did not send what was expected of it");
      await new Promise<void>((resolve) => {
        this.waiting.push(resolve);
        setTimeout(resolve, 100);
      });
    }
  }

  private async collect(socket: Dealer | Subscriber, keep: (message: Message) => void): Promise<void> {
    for await (const frames of socket as AsyncIterable<Buffer[]>) {
      keep(this.wire.parse(frames)); // a wrong signature fails the test
      for (const wake of this.waiting.splice(0)) wake();
    }
  }
}
