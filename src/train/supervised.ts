import type { Scalar, Tensor1D, Tensor2D } from "@tensorflow/tfjs-core";
import { batches, type Examples, type Normalization } from "../data/index.js";
import { predict } from "../eval/predict.js";
import type { Network } from "../models/index.js";
import { stream } from "../random/index.js";
import type { Rebalance } from "../rebalance/index.js";
import type { AugmentationChoice } from "./recipe.js";
import { Scoreboard } from "./scoreboard.js";
import type { Metrics, Moment, Step, Task } from "./task.js";

export interface EvaluationSets {
  readonly test: Examples;
  readonly validation?: Examples | undefined;
  readonly normalization: Normalization;
}

/** Evaluates a network after each epoch, and keeps the scores. */
export function scoring(
  network: Network,
  { test, validation, normalization }: EvaluationSets,
): { readonly scoreboard: Scoreboard; evaluate: (epoch: number, signal?: AbortSignal) => Promise<Metrics> } {
  const scoreboard = new Scoreboard();
  return {
    scoreboard,
    async evaluate(epoch, signal) {
      const options = { normalization, ...(signal && { signal }) };
      const confusion = Array.from({ length: network.classes }, () => new Array<number>(network.classes).fill(0));
      (await predict(network, test, options)).forEach((found, i) => confusion[test.labels[i]!]![found]!++);
      const accuracy = confusion.reduce((sum, row, c) => sum + row[c]!, 0) / test.length;
      const held = validation && shareRight(await predict(network, validation, options), validation.labels);
      scoreboard.add({ epoch, accuracy, confusion }, held);
      return { test: accuracy, ...(held !== undefined && { validation: held }) };
    },
  };
}

function shareRight(predictions: Uint16Array, labels: Uint16Array): number {
  return predictions.reduce((right, found, i) => right + Number(found === labels[i]), 0) / labels.length;
}

/** A task that is scored on a test set. */
export interface Scored extends Task {
  readonly scoreboard: Scoreboard;
}

export interface SupervisedOptions extends EvaluationSets {
  readonly train: Examples;
  readonly loss: (logits: Tensor2D, labels: Tensor1D, weights?: readonly number[]) => Scalar;
  readonly rebalance: Rebalance;
  readonly batchSize: number;
  readonly augmentation: Required<AugmentationChoice> | "none";
  readonly seed: number;
}

/** Learning from labels, pseudo-labels among them: one loss on batches that the sampler chose. */
export function supervised(network: Network, options: SupervisedOptions): Scored {
  const { train, loss, rebalance, batchSize, augmentation, normalization, seed } = options;
  const [shuffle, augment] = [stream(seed, "shuffle"), stream(seed, "augment")];
  const { scoreboard, evaluate } = scoring(network, options);
  return {
    weights: network.weights,
    carried: network.statistics,
    memory: scoreboard,
    scoreboard,
    evaluate,
    stepsIn: () => Math.ceil(train.length / batchSize),
    *steps({ epoch, step }: Moment): Generator<Step, void> {
      const weights = rebalance.weights(epoch);
      const positions = rebalance.sampler.epoch(epoch, shuffle.split(`epoch ${epoch}`));
      const varied = augmentation !== "none" && {
        augmentation: { stream: augment.split(`epoch ${epoch}`), ...augmentation },
      };
      for (const batch of batches(train, { normalization, positions, batchSize, first: step, ...varied })) {
        const { images, labels } = batch;
        yield {
          images: labels.size,
          loss: () => loss(network.logits(images, "train"), labels, weights),
        };
      }
    },
  };
}
