import type { IncomingMessage } from "node:http";
import type { Stall } from "./stall.js";

/** Bytes that are held until they are taken; then the server has to wait. */
const HELD = 2 ** 20;

/**
 * The body of an answer, taken in from the moment it comes: a Node stream that breaks off forgets what it has not handed
 * out by then, and small files would never advance on a connection that breaks off often.
 */
export class Inflow implements AsyncIterable<Uint8Array> {
  readonly #pieces: Buffer[] = [];
  #held = 0;
  #end: { error?: unknown } | undefined;
  #wake: () => void = () => undefined;

  constructor(
    readonly response: IncomingMessage,
    private readonly stall: Stall,
  ) {
    const end = (error?: unknown): void => {
      this.stall.end();
      this.#end ??= error === undefined ? {} : { error };
      this.#wake();
    };
    response.on("data", (piece: Buffer) => this.#take(piece));
    response.on("end", () => end());
    response.on("error", end);
    response.on("close", () => end(new Error("aborted")));
    this.#watch();
  }

  /** Ends the connection. */
  close(): void {
    this.stall.end();
    this.response.destroy();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      const piece = this.#pieces.shift();
      if (piece) {
        this.#held -= piece.length;
        if (this.#held < HELD / 2 && this.response.isPaused()) {
          this.response.resume();
          this.#watch();
        }
        yield piece;
      } else if (this.#end) {
        if ("error" in this.#end) throw this.#end.error;
        return;
      } else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  #take(piece: Buffer): void {
    this.#pieces.push(piece);
    this.#held += piece.length;
    if (this.#held < HELD) this.#watch();
    else {
      this.response.pause();
      this.stall.end(); // from now on it waits for us
    }
    this.#wake();
  }

  #watch(): void {
    if (!this.#end) this.stall.watch((error) => this.response.destroy(error));
  }
}
