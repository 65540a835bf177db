import { TransferError } from "./source.js";

/** Ends what has not shown a sign of life for a while. */
export class Stall {
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param address what it is, for the error
   * @param timeout milliseconds without a sign of life
   */
  constructor(
    readonly address: string,
    readonly timeout: number,
  ) {}

  /** From now on, until `end` or the next `watch`. */
  watch(giveUp: (error: TransferError) => void): void {
    this.end();
    const message = `${this.address}: nothing came for ${this.timeout / 1000} s`;
    this.#timer = setTimeout(() => giveUp(new TransferError(message, { again: true })), this.timeout);
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}
