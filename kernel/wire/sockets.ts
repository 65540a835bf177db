import { setTimeout as sleep } from "node:timers/promises";
import { Publisher, Router } from "zeromq";
import { address, type Connection } from "../connection.js";
import type { Header, Message, Wire } from "../message.js";

type Channel = "shell" | "control" | "stdin";

/** How long a client may read nothing before the others no longer wait for it, in ms. */
const STALLED = 60_000;

/** The kernel's five sockets. */
export class Sockets {
  // What a client has not read waits here, and when that is a lot, so does the cell that prints it. By default zeromq would
  // drop it without a word, and the status "idle" behind it. Both bounds are low: what waits is read before an interrupt shows.
  private readonly iopub = new Publisher({
    sendHighWaterMark: 200,
    sendBufferSize: 65_536,
    noDrop: true,
    linger: 500,
  });
  private readonly heartbeat = new Router({ linger: 0 });
  private readonly routers = { shell: router(), control: router(), stdin: router() };
  /** A zeromq socket takes one message at a time: the tail of what is on its way. */
  private readonly tails = new Map<object, Promise<void>>();

  /** Whether a client has read nothing for long. */
  private stalled = false;

  constructor(private readonly wire: Wire) {}

  /** Binds where the connection file says, and nowhere else. */
  async bind(connection: Connection): Promise<void> {
    await Promise.all([
      this.iopub.bind(address(connection, "iopub")),
      this.heartbeat.bind(address(connection, "hb")),
      ...(["shell", "control", "stdin"] as const).map((name) => this.routers[name].bind(address(connection, name))),
    ]);
    void this.echo();
  }

  /** Calls `handle` for each message with a valid signature; others are dropped. */
  async receive(channel: Channel, handle: (message: Message) => void): Promise<void> {
    for await (const frames of this.routers[channel]) {
      let message: Message;
      try {
        message = this.wire.parse(frames);
      } catch {
        continue;
      }
      handle(message);
    }
  }

  publish(type: string, content: object, parent: Partial<Header> | undefined, metadata: object = {}): Promise<void> {
    const build = (name: string, body: object, extra = {}): Buffer[] => {
      const identities = [Buffer.from(`kernel.${this.wire.session}.${name}`)];
      return this.wire.build(name, body, { parent: parent ?? {}, identities, metadata: extra });
    };
    const frames = buildable(
      () => build(type, content, metadata),
      (reason) => build("stream", { name: "stderr", text: `An output (${type}) could not be sent: ${reason}\n` }),
    );
    return this.push(this.iopub, () => this.broadcast(frames));
  }

  /** Resolves when what was published so far has been handed to zeromq. */
  get published(): Promise<void> {
    return this.tails.get(this.iopub) ?? Promise.resolve();
  }

  send(channel: Channel, type: string, content: object, parent: Message): Promise<void> {
    const { identities, header } = parent;
    const build = (body: object): Buffer[] => this.wire.build(type, body, { identities, parent: header });
    const failure = { status: "error", ename: "KernelError", traceback: [] };
    const frames = buildable(
      () => build(content),
      (reason) => build({ ...failure, evalue: `The reply could not be sent: ${reason}` }),
    );
    return this.push(this.routers[channel], () => this.routers[channel].send(frames));
  }

  /** Sends what is on its way, then closes: zeromq must not be torn down with the process while it holds sockets. */
  async close(): Promise<void> {
    await Promise.all(this.tails.values());
    for (const socket of [this.iopub, this.heartbeat, ...Object.values(this.routers)]) socket.close();
  }

  private push(socket: Router | Publisher, send: () => Promise<void>): Promise<void> {
    const tail = (this.tails.get(socket) ?? Promise.resolve()).then(send).catch(() => undefined); // the client is gone
    this.tails.set(socket, tail);
    return tail;
  }

  /** Sends to all clients once all have room for it; one that is stalled misses it. */
  private async broadcast(frames: Buffer[]): Promise<void> {
    for (const start = performance.now(); ; await sleep(5))
      try {
        await this.iopub.send(frames);
        this.stalled = false;
        return;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
        this.stalled ||= performance.now() - start > STALLED;
        if (this.stalled) break;
      }
    this.iopub.noDrop = false;
    await this.iopub.send(frames);
    this.iopub.noDrop = true;
  }

  private async echo(): Promise<void> {
    for await (const frames of this.heartbeat) await this.heartbeat.send(frames);
  }
}

/**
 * Of two connections that name themselves alike, the new one counts: a client that lost its connection and comes back, which by
 * default zeromq would leave without an answer for as long as the old one seems to stand.
 */
function router(): Router {
  return new Router({ sendHighWaterMark: 0, linger: 500, handover: true });
}

/** A message, or its replacement where JSON cannot hold it (text that is too long): that must not end the kernel. */
function buildable(build: () => Buffer[], instead: (reason: string) => Buffer[]): Buffer[] {
  try {
    return build();
  } catch (error) {
    return instead(error instanceof Error ? error.message : String(error));
  }
}
