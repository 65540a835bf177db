import { Session } from "node:inspector";
import { setTimeout as sleep } from "node:timers/promises";
import type { ToSession } from "../ports.js";

/** How long user code may keep its thread before it is cut off, in ms. */
const PATIENCE = 150;

/** Stops user code from the sockets' thread: by asking where the thread listens, by terminating its execution where it does not. */
export class Interrupter {
  private inspector: Session | undefined;
  private readonly pings = new Map<number, () => void>();
  private last = 0;

  constructor(private readonly send: (message: ToSession) => void) {}

  pong(ping: number): void {
    this.pings.get(ping)?.();
    this.pings.delete(ping);
  }

  /**
   * @param cell the cell to stop
   * @param ended settles when the cell has reported its end
   * @returns "asked" where the cell ended by itself, "terminated" where it was cut off and will report nothing
   */
  async interrupt(cell: number, ended: Promise<unknown>): Promise<"asked" | "terminated"> {
    this.send({ type: "interrupt", cell });
    if (await this.answers(PATIENCE)) {
      const end = await Promise.race([ended.then(() => true), sleep(PATIENCE, false, { ref: false })]);
      if (end) return "asked";
      if (await this.answers(PATIENCE)) return "terminated"; // it listens, but the cell waits for something that never comes
    }
    await this.cutOff(cell);
    return "terminated";
  }

  /** Frees the thread when no cell is running and something started earlier keeps it. */
  async free(cell: number): Promise<void> {
    if (!(await this.answers(PATIENCE))) await this.cutOff(cell);
  }

  /** An open inspector session would keep the process waiting at its end. */
  close(): void {
    this.inspector?.disconnect();
  }

  private async cutOff(cell: number): Promise<void> {
    await this.terminate();
    // The termination may hit whatever the thread runs next, this message included: repeat until one is answered.
    for (let attempt = 0; ; attempt++) {
      this.send({ type: "interrupt", cell });
      if (await this.answers(PATIENCE / 3)) return;
      if (attempt % 3 === 2) await this.terminate();
    }
  }

  private answers(within: number): Promise<boolean> {
    const ping = ++this.last;
    const answered = new Promise<boolean>((resolve) => this.pings.set(ping, () => resolve(true)));
    this.send({ type: "ping", ping });
    return Promise.race([answered, sleep(within, false)]).finally(() => this.pings.delete(ping));
  }

  private terminate(): Promise<void> {
    if (!this.inspector) {
      this.inspector = new Session();
      this.inspector.connectToMainThread();
    }
    const { inspector } = this;
    return new Promise((resolve) => inspector.post("Runtime.terminateExecution", () => resolve()));
  }
}
