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
