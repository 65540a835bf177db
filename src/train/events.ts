import type { RunningLoss } from "./running-loss.js";
import type { Metrics, Moment } from "./task.js";

/** One epoch that is over. */
export interface EpochRecord {
  /** From 0. */
  readonly epoch: number;
  /** Learning rate of its last step. */
  readonly rate: number;
  /** Mean training loss of its images. */
  readonly loss: number;
  /** What the evaluation after it found. */
  readonly metrics: Metrics;
  /** Seconds that it took, evaluation included; of several sittings, if it was stopped. */
  readonly seconds: number;
}

/** What happens in a run, in order. */
export type TrainEvent =
  | {
      readonly type: "begin";
      readonly epochs: number;
      readonly stepsIn: (epoch: number) => number;
      /** Where it begins: not at 0 if it goes on. */
      readonly at: Moment;
      /** Epochs of earlier sittings. */
      readonly records: readonly EpochRecord[];
    }
  /** `at.step` steps of the epoch are done. */
  | { readonly type: "step"; readonly at: Moment; readonly images: number; readonly loss: RunningLoss }
  | { readonly type: "evaluate"; readonly epoch: number }
  | { readonly type: "epoch"; readonly record: EpochRecord }
  | { readonly type: "checkpoint"; readonly at: Moment }
  | { readonly type: "end"; readonly finished: boolean };

/** Is told what happens, and may take its time. */
export type Observer = (event: TrainEvent) => void | Promise<void>;
