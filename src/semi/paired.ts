import { stream } from "../random/index.js";
import type { Sampler } from "../rebalance/index.js";

export interface PairedOptions {
  /** Chooses the labeled images. */
  readonly sampler: Sampler;
  readonly labeled: number;
  readonly unlabeled: number;
  readonly batchSize: number;
  readonly seed: number;
}

/**
 * Batches that hold labeled and unlabeled images in the proportion of their sets, the labeled ones first: positions in the
 * labeled set followed by the unlabeled one. An epoch is as many batches as the two sets together fill.
 */
export class Paired {
  /** Labeled images of a batch, one at least. */
  readonly labeledPerBatch: number;
  readonly stepsPerEpoch: number;
  private readonly shuffle;

  constructor(private readonly options: PairedOptions) {
    const { labeled, unlabeled, batchSize, seed } = options;
    if (unlabeled < 1 || batchSize < 2)
      throw new RangeError(
        `expected unlabeled images and batches of 2 or more, found ${unlabeled} images and batches of ${batchSize}`,
      );
    const share = labeled / (labeled + unlabeled);
    this.labeledPerBatch = Math.min(batchSize - 1, Math.max(1, Math.round(batchSize * share)));
    this.stepsPerEpoch = Math.ceil((labeled + unlabeled) / batchSize);
    this.shuffle = stream(seed, "shuffle");
  }

  positions(epoch: number): Uint32Array {
    const { sampler, labeled, unlabeled, batchSize } = this.options;
    const { labeledPerBatch: first, stepsPerEpoch: steps, shuffle } = this;
    const here = shuffle.split(`epoch ${epoch}`);
    const all = (): Uint32Array => Uint32Array.from({ length: unlabeled }, (_, i) => labeled + i);
    const ours = endless((round) => sampler.epoch(epoch, here.split(`labeled ${round}`)));
    const theirs = endless((round) => here.split(`unlabeled ${round}`).shuffle(all()));
    return Uint32Array.from({ length: steps * batchSize }, (_, i) => (i % batchSize < first ? ours() : theirs()));
  }
}

/** Items of one list after the other. */
function endless(list: (round: number) => Uint32Array): () => number {
  let [round, at] = [0, 0];
  let items = list(0);
  return () => {
    if (at === items.length) {
      items = list(++round);
      at = 0;
    }
    return items[at++]!;
  };
}
