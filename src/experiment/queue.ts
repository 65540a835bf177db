import type { Run } from "./run.js";

/** What a queue tells of a run. */
export type Update =
  | { readonly type: "begin"; readonly run: Run }
  /** Share of it that is done, 0 to 1. */
  | { readonly type: "progress"; readonly run: Run; readonly fraction: number }
  | { readonly type: "done"; readonly run: Run }
  | { readonly type: "failed"; readonly run: Run; readonly error: Error }
  /** Nothing goes on before something comes, in words; without words: it came. */
  | { readonly type: "waiting"; readonly on?: string };

export interface QueueOptions {
  /** The folder of the store. */
  readonly store: string;
  readonly signal: AbortSignal;
  readonly onUpdate: (update: Update) => void;
}

/** Who does runs: this process, others of this machine, others of many machines. */
export interface Queue {
  /**
   * Does runs, none before the one it needs; each leaves a record in the store. A run that fails does not stop the others,
   * but for those that need it, which fail too.
   * @param runs what is needed before what needs it
   * @throws the signal's reason, after what was begun has stopped
   */
  process(runs: readonly Run[], options: QueueOptions): Promise<void>;
}
