/** How values show themselves in a notebook, without a dependency on any kernel. */

/** Representations of one value by MIME type. */
export type MimeBundle = Record<string, unknown>;

/** The method that notebook kernels ask for a value's representations; `[Symbol.for("Jupyter.display")]`. */
export const DISPLAY: unique symbol = Symbol.for("Jupyter.display") as typeof DISPLAY;

/** A value that shows itself as the last expression of a cell. */
export interface Displayable {
  [DISPLAY](): MimeBundle;
}

/** The hook that the longtail kernel leaves for libraries. */
export interface Kernel {
  /** Of the cell that runs: one object a cell. */
  readonly signal: AbortSignal;
  /** Announces that the cell stops by itself within so many milliseconds of an interrupt; what it returns ends that. */
  stopsByItself?(within: number): () => void;
  display(data: MimeBundle, options: { id: string; update: boolean }): void;
}

/** What the longtail kernel offers to libraries; undefined outside it. */
export function kernel(): Kernel | undefined {
  return (globalThis as Record<symbol, Kernel | undefined>)[Symbol.for("longtail.kernel")];
}
