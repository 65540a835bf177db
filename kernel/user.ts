import { createDisplay, type Display, type DisplayApi } from "./display.js";
import type { KernelHook } from "./session/hook.js";

const hook = (): KernelHook => {
  const found = (globalThis as { [name: symbol]: unknown })[Symbol.for("longtail.kernel")] as KernelHook | undefined;
  if (!found)
    throw new Error("Expected to run in a cell of a notebook with this kernel, found an ordinary Node process");
  return found;
};

/** Also what cells import as "tslab". */
export const api: DisplayApi = createDisplay(({ data, metadata, id, update }) =>
  hook().display(data, { metadata, update, ...(id !== undefined && { id }) }),
);

/** Shows any value, or content of a given type: `display(table)`, `display.html("<b>bold</b>")`. */
export const display: Display = api.display;

/** A display that shows once and from then on replaces what it has shown. */
export const newDisplay: () => Display = api.newDisplay;

/** Asks the user for a line of text. Rejects where the front end takes no input. */
export function input(prompt = "", options: { password?: boolean } = {}): Promise<string> {
  return hook().input(prompt, options);
}

/** A signal that is aborted when the running cell is interrupted, for work that can stop in an orderly way. */
export function interruption(): AbortSignal {
  return hook().signal;
}

/**
 * Announces that the running cell stops by itself when it is interrupted: the interrupt waits for it, instead of cutting off
 * what keeps the thread. For loops whose steps must not be cut in two:
 *
 *     const stopped = stopsByItself(5000);
 *     for (let step = 0; step < 1000 && !interruption().aborted; step++) {
 *       train(); // may keep the thread for a second
 *       await new Promise(setImmediate); // here the loop hears of an interrupt
 *     }
 *     writeCheckpoint();
 *     stopped();
 *
 * A second interrupt cuts off at once.
 * @param within milliseconds from the interrupt to the end of the announcement or of the cell, after which the cell is cut off
 * all the same; more than 0, at most 2^31 - 1. Of several announcements the longest counts.
 * @returns ends the announcement, which otherwise ends with the cell; in a cell that was interrupted, nothing may follow but the
 * way out (`finally` blocks, updates of what is shown)
 */
export function stopsByItself(within: number): () => void {
  return hook().stopsByItself(within);
}
