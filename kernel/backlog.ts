import type { FromSession } from "./ports.js";

/** How much may be handed over and not sent yet, in characters; each message counts for some more than it holds. */
const LIMIT = 1_000_000;
const MESSAGE = 500;
const OUTPUTS: ReadonlySet<FromSession["type"]> = new Set(["stream", "display", "clear"]);

/**
 * What the thread that runs user code has handed to the sockets' thread and that one has not sent yet. A loop can show things
 * faster than they are sent: it has to wait, or the queue between the two would fill the memory, and what stands behind it
 * (an interrupt, the end of the client) would not be heard.
 */
export class Backlog {
  private readonly size: Int32Array;

  /** @param memory that of the other thread's backlog; default: a new one */
  constructor(readonly memory: SharedArrayBuffer = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)) {
    this.size = new Int32Array(memory);
  }

  /** Counts a message that was handed over. After an output it keeps the thread while there is too much; an interrupt ends that. */
  add(message: FromSession): void {
    const added = sizeOf(message);
    let size = Atomics.add(this.size, 0, added) + added;
    if (size <= LIMIT || !OUTPUTS.has(message.type)) return;
    for (; size > LIMIT / 2; size = Atomics.load(this.size, 0)) Atomics.wait(this.size, 0, size);
  }

  /** Counts a message that was sent, or never will be. */
  remove(message: FromSession): void {
    if (Atomics.sub(this.size, 0, sizeOf(message)) > LIMIT / 2) Atomics.notify(this.size, 0);
  }
}

function sizeOf(message: FromSession): number {
  if (message.type === "stream") return MESSAGE + message.text.length;
  return message.type === "display" ? MESSAGE + message.length : MESSAGE;
}
