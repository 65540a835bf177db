import { inspect } from "node:util";
import { LONGEST_WAIT } from "../deadline.js";

/** How long after an interrupt code wants to be left to stop by itself. */
export class Patience {
  private readonly announced = new Set<{ readonly ms: number }>();

  /** @param changed called with the new value whenever `ms` changes */
  constructor(private readonly changed: (ms: number) => void) {}

  /** The longest of the announcements that stand, in ms; 0 without any. */
  get ms(): number {
    return Math.max(0, ...Array.from(this.announced, ({ ms }) => ms));
  }

  /**
   * @param ms more than 0, at most 2^31 - 1
   * @returns withdraws this announcement; does nothing when called again
   */
  announce(ms: number): () => void {
    if (typeof ms !== "number" || !(ms > 0 && ms <= LONGEST_WAIT))
      throw new RangeError(
        `stopsByItself: expected the milliseconds that stopping may take, more than 0 and at most ${LONGEST_WAIT}, found ${inspect(ms)}`,
      );
    const announcement = { ms };
    this.change(() => this.announced.add(announcement));
    return () => this.change(() => this.announced.delete(announcement));
  }

  /** Withdraws whatever was announced. */
  end(): void {
    this.change(() => this.announced.clear());
  }

  private change(edit: () => void): void {
    const before = this.ms;
    edit();
    if (this.ms !== before) this.changed(this.ms);
  }
}
