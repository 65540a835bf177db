import { Session } from "node:inspector";
import { setTimeout as sleep } from "node:timers/promises";
import type { ToSession } from "../ports.js";
import { AwaitedChild } from "./awaited-child.js";
import { letGo, stackOf } from "./stack.js";

/** How long user code may keep its thread before it is cut off, in ms. */
const PATIENCE = 150;

/** An interrupt of a cell, since a time of `performance.now()`. */
interface Interrupt {
  readonly cell: number;
  since: number;
}

type Ending = "asked" | "terminated";

/** Stops user code from the sockets' thread: by asking where the thread listens, by terminating its execution where it does not. */
export class Interrupter {
  readonly child = new AwaitedChild();
  /** Lines of the stack where the cell that was interrupted last was cut off; none where it was not. */
  stack: readonly string[] = [];
  private inspector: Session | undefined;
  private readonly pings = new Map<number, () => void>();
  private last = 0;
  /** That a cell stops by itself when it is interrupted, within `ms`. */
  private announced = { cell: 0, ms: 0 };
  private current: { readonly interrupt: Interrupt; readonly ending: Promise<Ending> } | undefined;
  private wake: () => void = () => undefined;

  constructor(private readonly send: (message: ToSession) => void) {}

  pong(ping: number): void {
    this.child.waits = false; // what was cut off did not say so
    this.pings.get(ping)?.();
    this.pings.delete(ping);
  }

  /** @param ms how long the running cell may take from now on to stop by itself; 0: it does not */
  announce(cell: number, ms: number): void {
    this.announced = { cell, ms };
    this.wake();
  }

  /**
   * An interrupt of a cell that is being interrupted already ends the time that it has to stop by itself, and the child process
   * that it still waits for.
   * @param cell the cell to stop
   * @param ended settles when the cell has reported its end
   * @returns "asked" where the cell ended by itself, "terminated" where it was cut off and will report nothing
   */
  async interrupt(cell: number, ended: Promise<unknown>): Promise<Ending> {
    if (this.current?.interrupt.cell === cell) {
      this.current.interrupt.since = -Infinity;
      void this.child.signal("SIGKILL");
      this.wake();
    } else {
      const interrupt = { cell, since: performance.now() };
      this.stack = [];
      this.current = { interrupt, ending: this.stop(interrupt, ended) };
    }
    return this.current.ending;
  }

  private async stop(interrupt: Interrupt, ended: Promise<unknown>): Promise<Ending> {
    const { cell } = interrupt;
    this.send({ type: "interrupt", cell, patient: true });
    // With the answer, or while the thread is kept, all that was announced before is known here.
    let listens = await this.answers(PATIENCE);
    while (this.left(interrupt) > 0) {
      if (await this.stopsByItself(interrupt, ended)) return "asked";
      listens = await this.answers(PATIENCE);
    }
    const child = listens ? undefined : this.child.signal("SIGINT");
    if (child) {
      await child;
      listens = await this.answers(PATIENCE);
    }
    if (listens) {
      this.send({ type: "interrupt", cell, patient: false });
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

  /** How much of the time is left in which the cell stops by itself, in ms. */
  private left({ cell, since }: Interrupt): number {
    const { announced } = this;
    return announced.cell === cell && announced.ms > 0 ? since + announced.ms - performance.now() : 0;
  }

  /** Waits for a cell that stops by itself. @returns whether it has; false where its time is over or it says no more that it does */
  private async stopsByItself(interrupt: Interrupt, ended: Promise<unknown>): Promise<boolean> {
    for (let left = this.left(interrupt); left > 0; left = this.left(interrupt)) {
      const changed = new Promise<boolean>((resolve) => (this.wake = () => resolve(false)));
      const end = ended.then(() => true);
      if (await Promise.race([end, changed, sleep(left, false, { ref: false })])) return true;
    }
    return false;
  }

  private async cutOff(cell: number): Promise<void> {
    const stands = stackOf(this.connected);
    // It keeps the thread from hearing of that. Once: a held thread does not say that it waits for no child any more.
    void this.child.signal("SIGINT");
    this.stack = await stands;
    const terminated = this.terminate();
    letGo(this.connected);
    await terminated;
    // The termination may hit whatever the thread runs next, this message included: repeat until one is answered.
    for (let attempt = 0; ; attempt++) {
      this.send({ type: "interrupt", cell, patient: false });
      if (await this.answers(PATIENCE / 3)) return;
      if (attempt % 3 < 2) continue;
      void this.child.signal("SIGINT");
      await this.terminate();
    }
  }

  private answers(within: number): Promise<boolean> {
    const ping = ++this.last;
    const answered = new Promise<boolean>((resolve) => this.pings.set(ping, () => resolve(true)));
    this.send({ type: "ping", ping });
    return Promise.race([answered, sleep(within, false)]).finally(() => this.pings.delete(ping));
  }

  private terminate(): Promise<void> {
    return new Promise((resolve) => this.connected.post("Runtime.terminateExecution", () => resolve()));
  }

  private get connected(): Session {
    if (!this.inspector) {
      this.inspector = new Session();
      this.inspector.connectToMainThread();
    }
    return this.inspector;
  }
}
