import { setImmediate } from "node:timers/promises";

const every = 50;

/** Lets timers, messages and interrupts through every 50 ms of a long computation. */
export class Pauses {
  private last = performance.now();

  constructor(private readonly signal?: AbortSignal | undefined) {
    signal?.throwIfAborted();
  }

  /** Whether it is time for `take`; asking costs next to nothing. */
  get due(): boolean {
    return performance.now() - this.last >= every;
  }

  /** @throws the signal's reason */
  async take(): Promise<void> {
    await setImmediate();
    this.signal?.throwIfAborted();
    this.last = performance.now();
  }
}
