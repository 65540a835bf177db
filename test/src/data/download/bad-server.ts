import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What a server does to one request; by default nothing is wrong. */
export interface Fault {
  /** Another status than 200 or 206, without the content. */
  readonly status?: number;
  /** Headers that replace the right ones; undefined takes one away. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** Breaks the connection off after so many bytes of this answer. */
  readonly cutAfter?: number;
  /** Sends nothing more after so many bytes of this answer, and does not end. -1: not even a head. */
  readonly stallAfter?: number;
  /** Answers with the whole, whatever was asked for. */
  readonly ignoresRange?: boolean;
  /** Sends a range even if If-Range says that it is of another file. */
  readonly ignoresIfRange?: boolean;
  /** Sends pieces of so many bytes, a moment apart. */
  readonly pieces?: number;
  /** After so many bytes of this answer, waits for something before it goes on. */
  readonly hold?: { readonly after: number; readonly until: Promise<void> };
  /** What it serves this time. */
  readonly content?: Uint8Array;
  readonly etag?: string | undefined;
  /** Ends the body by closing the connection, without a length. */
  readonly withoutLength?: boolean;
}

export interface Asked {
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
}

/** An HTTP server that serves one content, rightly or in the ways that servers and networks fail. */
export class BadServer {
  readonly asked: Asked[] = [];
  /** Bytes of content that were handed to the network, in all. */
  sent = 0;
  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  /** @param fault what to do to the n-th request (from 0) */
  static async start(content: Uint8Array, fault: (n: number, asked: Asked) => Fault = () => ({})): Promise<BadServer> {
    const server = createServer((request, response) => {
      const asked = { path: request.url ?? "", headers: request.headers };
      const n = bad.asked.push(asked) - 1;
      bad.answer(request, response, content, fault(n, asked));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const bad = new BadServer(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    return bad;
  }

  get ranges(): (string | undefined)[] {
    return this.asked.map(({ headers }) => headers.range);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer(request: IncomingMessage, response: ServerResponse, standard: Uint8Array, fault: Fault): void {
    if (fault.stallAfter === -1) return;
    const { content = standard, headers = {} } = fault;
    const etag = "etag" in fault ? fault.etag : '"one"';
    const [, first] = /^bytes=(\d+)-$/.exec(request.headers.range ?? "") ?? [];
    const isSame = fault.ignoresIfRange === true || [undefined, etag].includes(request.headers["if-range"] as string);
    const from = first !== undefined && isSame && !fault.ignoresRange ? Number(first) : 0;
    const isRange = first !== undefined && isSame && !fault.ignoresRange;
    if (isRange && from >= content.length) {
      response.writeHead(416, { "content-range": `bytes */${content.length}` }).end();
      return;
    }
    const body = content.subarray(from);
    const right = {
      ...(etag !== undefined && { etag }),
      ...(!fault.withoutLength && { "content-length": String(body.length) }),
      ...(isRange && { "content-range": `bytes ${from}-${content.length - 1}/${content.length}` }),
      ...headers,
    };
    if (fault.withoutLength) response.useChunkedEncodingByDefault = false;
    const sent = Object.fromEntries(Object.entries(right).filter(([, value]) => value !== undefined));
    response.writeHead(fault.status ?? (isRange ? 206 : 200), sent as Record<string, string>);
    response.flushHeaders();
    if (fault.status !== undefined) response.end();
    else void this.send(response, body, fault);
  }

  private async send(response: ServerResponse, body: Uint8Array, fault: Fault): Promise<void> {
    const { cutAfter, stallAfter, pieces = 1 << 16 } = fault;
    const end = Math.min(body.length, cutAfter ?? Infinity, stallAfter ?? Infinity);
    for (let at = 0; at < end && !response.destroyed; at += pieces) {
      const piece = body.subarray(at, Math.min(at + pieces, end));
      await new Promise<void>((resolve) => response.write(piece, () => resolve()));
      this.sent += piece.length;
      if (fault.hold && at + piece.length >= fault.hold.after) await fault.hold.until;
      if (fault.pieces !== undefined) await new Promise((resolve) => setTimeout(resolve, 2));
    }
    if (stallAfter !== undefined) return;
    // Lets what was written arrive, then closes the connection without an end.
    if (cutAfter !== undefined) response.socket?.destroySoon();
    else response.end();
  }
}
