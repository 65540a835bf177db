import type { DisplayMessage, MimeBundle } from "../mime.js";

/** What libraries may use of the kernel without importing it: `globalThis[Symbol.for("longtail.kernel")]`. */
export interface KernelHook {
  /** Shows a MIME bundle; with `id`, so that a later call with `update` replaces it. */
  display(data: MimeBundle, options?: { metadata?: Record<string, unknown>; id?: string; update?: boolean }): void;
  /** Aborted when the running cell is interrupted: for work that can stop in an orderly way. */
  readonly signal: AbortSignal;
  /** Asks the user for a line. Rejects where the front end takes no input. */
  input(prompt?: string, options?: { password?: boolean }): Promise<string>;
}

/** What the hook needs of the session. */
export interface HookSource {
  display(message: DisplayMessage): void;
  signal(): AbortSignal;
  input(prompt: string, password: boolean): Promise<string>;
}

export function offerHook(source: HookSource): void {
  const hook: KernelHook = {
    display: (data, { metadata = {}, id, update = false } = {}) =>
      source.display({ data, metadata, update, ...(id !== undefined && { id }) }),
    get signal() {
      return source.signal();
    },
    input: (prompt = "", { password = false } = {}) => source.input(prompt, password),
  };
  Object.defineProperty(globalThis, Symbol.for("longtail.kernel"), { value: hook });
}
