import * as tf from "@tensorflow/tfjs-core";
import type { Tensor1D, Tensor4D } from "@tensorflow/tfjs-core";
import { batches, type Examples } from "../data/index.js";
import type { Network } from "../models/index.js";
import { stream } from "../random/index.js";
import { scored, type Scored, type SupervisedOptions } from "../train/supervised.js";
import type { Step } from "../train/task.js";
import { Paired } from "./paired.js";
import { partLoss } from "./part-loss.js";
import { varied } from "../train/varied.js";

export interface TwoTermOptions extends SupervisedOptions {
  /** With their pseudo-labels. */
  readonly unlabeled: Examples;
  /** Weight of the unlabeled term, > 0. */
  readonly omega: number;
}

/**
 * The paper's objective L(D_L) + omega L(D_U), both means over their set, divided by 1 + omega so that the learning rate means
 * the same for every omega. Without re-balancing, with omega = |D_U| / |D_L|, every image weighs the same, as in the authors' pool.
 */
export function twoTerm(network: Network, options: TwoTermOptions): Scored {
  const { train, unlabeled, omega, loss, rebalance, batchSize, augmentation, normalization, seed } = options;
  const pool = train.concat(unlabeled);
  const sizes = { labeled: train.length, unlabeled: unlabeled.length };
  const paired = new Paired({ sampler: rebalance.sampler, ...sizes, batchSize, seed });
  const augment = stream(seed, "augment");
  return {
    ...scored(network, options),
    stepsIn: () => paired.stepsPerEpoch,
    *steps({ epoch, step }): Generator<Step, void> {
      const weights = rebalance.weights(epoch);
      const positions = paired.positions(epoch);
      for (const batch of batches(pool, {
        normalization,
        positions,
        batchSize,
        first: step,
        ...varied(augmentation, augment, epoch),
      })) {
        const { images, labels } = batch;
        const [first, rest] = [paired.labeledPerBatch, labels.size - paired.labeledPerBatch];
        yield {
          images: labels.size,
          inputs: [images, labels],
          program: JSON.stringify({ weights: weights ?? null, first, omega }),
          loss([images, truth]) {
            const [logits, labels] = [network.logits(images as Tensor4D, "train"), truth as Tensor1D];
            const part = (from: number, size: number) => partLoss(loss, { logits, labels }, { from, size }, weights);
            const [labeledLoss, unlabeledLoss] = [part(0, first), part(first, rest)];
            return tf.div(tf.add(labeledLoss, tf.mul(unlabeledLoss, omega)), 1 + omega);
          },
        };
      }
    },
  };
}
