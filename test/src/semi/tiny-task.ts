import { buildLoss, type LossSpec } from "../../../src/losses/index.js";
import { makeRebalance, resolveRebalance, type RebalanceSpec } from "../../../src/rebalance/index.js";
import type { SupervisedOptions } from "../../../src/train/supervised.js";
import { tinyExamples, tinyNormalization } from "./tiny-network.js";

interface TinyTask {
  readonly loss?: LossSpec;
  readonly rebalance?: RebalanceSpec;
  readonly labeled?: number;
  readonly unlabeled?: number;
  readonly batchSize?: number;
  readonly classes?: number;
  readonly seed?: number;
}

/** What a task for the tiny network is made of: 12 labeled and 24 unlabeled images of noise, in batches of 9. */
export function tinyTask(given: TinyTask = {}) {
  const { loss = { name: "cross-entropy" }, rebalance = "none", classes = 3, batchSize = 9, seed = 3 } = given;
  const train = tinyExamples(given.labeled ?? 12, 1, classes);
  const unlabeled = tinyExamples(given.unlabeled ?? 24, 2, classes);
  const counts = train.counts();
  const options: SupervisedOptions = {
    ...{ train, test: tinyExamples(6, 3, classes), normalization: tinyNormalization },
    loss: buildLoss(loss, { counts }).loss,
    rebalance: makeRebalance(resolveRebalance(rebalance, 0), train.labels, classes),
    ...{ batchSize, seed, augmentation: { pad: 1, mirror: true } },
  };
  return { ...options, unlabeled };
}
