import type { DisplayMessage, MimeBundle } from "../mime.js";

/** What libraries may use of the kernel without importing it: `globalThis[Symbol.for("longtail.kernel")]`. */
export interface KernelHook {
  /** Shows a MIME bundle; with `id`, so that a later call with `update` replaces it. */
  display(data: MimeBundle, options?: { metadata?: Record<string, unknown>; id?: string; update?: boolean }): void;
  /** Aborted when the running cell is interrupted: for work that can stop in an orderly way. */
  readonly signal: AbortSignal;
  /**
   * Announces that the running code stops by itself when `signal` is aborted: an interrupt of the cell then waits for it,
   * instead of cutting off what keeps the thread for more than a moment or sits in an `await`. Until the code has stopped it
   * runs as ever: it may wait, print and show. A second interrupt cuts it off at once.
   * @param within milliseconds from the interrupt to the end of the announcement or of the cell, after which the cell is cut
   * off all the same; more than 0, at most 2^31 - 1. Of several announcements the longest counts.
   * @returns ends the announcement, which otherwise ends with the cell; in a cell that was interrupted, nothing may follow
   * but the way out (`finally` blocks, updates of what is shown)
   */
  stopsByItself(within: number): () => void;
  /** Asks the user for a line. Rejects where the front end takes no input. */
  input(prompt?: string, options?: { password?: boolean }): Promise<string>;
}

/** What the hook needs of the session. */
export interface HookSource {
  display(message: DisplayMessage): void;
  signal(): AbortSignal;
  stopsByItself(within: number): () => void;
  input(prompt: string, password: boolean): Promise<string>;
}

export function offerHook(source: HookSource): void {
  const hook: KernelHook = {
    display: (data, { metadata = {}, id, update = false } = {}) =>
      source.display({ data, metadata, update, ...(id !== undefined && { id }) }),
    get signal() {
      return source.signal();
    },
    stopsByItself: (within) => source.stopsByItself(within),
    input: (prompt = "", { password = false } = {}) => source.input(prompt, password),
  };
  Object.defineProperty(globalThis, Symbol.for("longtail.kernel"), { value: hook });
}
