import { batches, type Batch, type BatchesOptions, type Examples } from "../data/index.js";
import { stream } from "../random/index.js";
import type { SupervisedOptions } from "../train/supervised.js";
import type { Moment } from "../train/task.js";
import { varied } from "../train/varied.js";
import { Paired } from "./paired.js";

/** Labeled and unlabeled images together, and the network's own view of each; `second` gives another view of the same images. */
export interface PairedBatch {
  readonly batch: Batch;
  /** How many of them, the first ones, are labeled. */
  readonly labeled: number;
  /** The same images, varied otherwise; undefined unless asked for. */
  readonly second: Batch | undefined;
}

/** The batches of methods that look at labeled and unlabeled images in each step. */
export class PairedBatches {
  readonly paired: Paired;
  private readonly pool: Examples;

  /** @param unlabeled their labels are not looked at */
  constructor(
    private readonly options: SupervisedOptions,
    unlabeled: Examples,
  ) {
    const { train, rebalance, batchSize, seed } = options;
    const nothing = unlabeled.relabel(new Uint16Array(unlabeled.length), train.classes);
    this.pool = train.concat(nothing);
    const sizes = { labeled: train.length, unlabeled: unlabeled.length };
    this.paired = new Paired({ sampler: rebalance.sampler, ...sizes, batchSize, seed });
  }

  /** @param views 2: with a second view of each image */
  *from({ epoch, step }: Moment, views: 1 | 2): Generator<PairedBatch, void> {
    const { batchSize, normalization, augmentation, seed } = this.options;
    const positions = this.paired.positions(epoch);
    const made = (name: string): Generator<Batch, void> => {
      const common: BatchesOptions = { normalization, positions, batchSize, first: step };
      return batches(this.pool, { ...common, ...varied(augmentation, stream(seed, name), epoch) });
    };
    const others = views === 2 ? made("augment second view") : undefined;
    try {
      for (const batch of made("augment")) {
        const second = others?.next().value ?? undefined;
        yield { batch, labeled: this.paired.labeledPerBatch, second };
      }
    } finally {
      others?.return();
    }
  }
}
