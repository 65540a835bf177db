import type { Header } from "../message.js";
import type { FromSession } from "../ports.js";
import type { Sockets } from "./sockets.js";

type Stream = Extract<FromSession, { type: "stream" }>;
type Display = Extract<FromSession, { type: "display" }>;

/** How long printed text may wait for more of it, in ms: 20,000 lines of one cell become some dozens of messages. */
const PATIENCE = 8;
const LIMIT = 256 * 1024;

/** What cells print and show, in order, each under the header of the cell that it belongs to. */
export class Outputs {
  private readonly parents = new Map<number, Header | null>();
  private pending: { cell: number; name: Stream["name"]; text: string[]; length: number } | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly sockets: Pick<Sockets, "publish">) {}

  /** `silent`: nothing of the cell is published. */
  open(cell: number, parent: Header, { silent }: { silent: boolean }): void {
    this.parents.set(cell, silent ? null : parent);
    // A timer of an old cell may still print: keep headers, but not for ever.
    for (const old of this.parents.keys()) {
      if (this.parents.size <= 1000) break;
      this.parents.delete(old);
    }
  }

  stream({ cell, name, text }: Stream): void {
    if (this.pending && (this.pending.cell !== cell || this.pending.name !== name)) this.flush();
    this.pending ??= { cell, name, text: [], length: 0 };
    this.pending.text.push(text);
    this.pending.length += text.length;
    if (this.pending.length >= LIMIT) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), PATIENCE);
  }

  display({ cell, message: { data, metadata, id, update } }: Display): void {
    const transient = id === undefined ? {} : { display_id: id };
    this.publish(cell, update ? "update_display_data" : "display_data", { data, metadata, transient });
  }

  publish(cell: number, type: string, content: object): void {
    this.flush();
    const parent = this.parents.get(cell);
    if (parent !== null) void this.sockets.publish(type, content, parent);
  }

  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (!this.pending) return;
    const { cell, name, text } = this.pending;
    this.pending = undefined;
    this.publish(cell, "stream", { name, text: text.join("") });
  }
}
