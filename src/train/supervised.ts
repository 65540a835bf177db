import type { Scalar, Tensor1D, Tensor2D, Tensor4D } from "@tensorflow/tfjs-core";
import { batchCount, batches, LEAST_BATCH, type Batch, type Examples, type Normalization } from "../data/index.js";
import { confusionMatrix, predict, type ConfusionMatrix } from "../eval/index.js";
import type { Recorder } from "../eval/predict.js";
import type { Network } from "../models/index.js";
import { stream } from "../random/index.js";
import type { Rebalance } from "../rebalance/index.js";
import type { AugmentationChoice } from "./recipe.js";
import { Scoreboard } from "./scoreboard.js";
import type { Metrics, Moment, Step, Task } from "./task.js";
import { varied } from "./varied.js";

export interface EvaluationSets {
  readonly test: Examples;
  readonly validation?: Examples | undefined;
  readonly normalization: Normalization;
}

/** What every task has that trains a network and is scored by it: evaluated after each epoch, scores kept. */
export function scored(network: Network, { test, validation, normalization }: EvaluationSets) {
  const scoreboard = new Scoreboard(test.classes);
  return {
    weights: network.weights,
    carried: network.statistics,
    memory: scoreboard,
    scoreboard,
    async evaluate(epoch: number, signal?: AbortSignal, recorder?: Recorder): Promise<Metrics> {
      const options = { normalization, ...(signal && { signal }) };
      const found = async (set: Examples) =>
        confusionMatrix(set.labels, await predict(network, set, options, recorder), { classes: test.classes });
      const confusion = await found(test);
      const held = validation && (await found(validation));
      scoreboard.add({ epoch, confusion }, held?.balancedAccuracy);
      return { ...metricsOf("test", confusion), ...(held && metricsOf("validation", held)) };
    },
  };
}

/** The accuracy, and the mean recall where it is another number: where the classes have not equally many images. */
function metricsOf(set: string, { accuracy, balancedAccuracy, perClass }: ConfusionMatrix): Metrics {
  const isBalanced = perClass.every(({ images }) => images === perClass[0]!.images);
  return { [set]: accuracy, ...(!isBalanced && { [`${set}Recall`]: balancedAccuracy }) };
}

/** A task that is scored on a test set. */
export interface Scored extends Task {
  readonly scoreboard: Scoreboard;
  /** The network that is scored and comes out, where it is not the one that gradients change. */
  readonly outcome?: Network;
}

export interface SupervisedOptions extends EvaluationSets {
  readonly train: Examples;
  readonly loss: (logits: Tensor2D, labels: Tensor1D, weights?: readonly number[]) => Scalar;
  readonly rebalance: Rebalance;
  readonly batchSize: number;
  readonly augmentation: Required<AugmentationChoice> | "none";
  readonly seed: number;
}

/** The steps of an epoch over batches that the sampler chose, from one on. */
export function* sampled(
  options: SupervisedOptions,
  { epoch, step }: Moment,
  make: (batch: Batch, weights: readonly number[] | undefined) => Omit<Step, "images">,
): Generator<Step, void> {
  const { train, rebalance, batchSize, augmentation, normalization, seed } = options;
  const [shuffle, augment] = [stream(seed, "shuffle"), stream(seed, "augment")];
  const weights = rebalance.weights(epoch);
  const positions = rebalance.sampler.epoch(epoch, shuffle.split(`epoch ${epoch}`));
  const how = { normalization, positions, batchSize, leastBatch: LEAST_BATCH, first: step };
  for (const batch of batches(train, { ...how, ...varied(augmentation, augment, epoch) }))
    yield { images: batch.labels.size, ...make(batch, weights) };
}

/** Learning from labels, pseudo-labels among them: one loss on batches that the sampler chose. */
export function supervised(network: Network, options: SupervisedOptions): Scored {
  const { train, loss, batchSize } = options;
  return {
    ...scored(network, options),
    stepsIn: () => batchCount(train.length, batchSize, LEAST_BATCH),
    steps: (moment) =>
      sampled(options, moment, ({ images, labels }, weights) => ({
        inputs: [images, labels],
        program: JSON.stringify(weights ?? null),
        loss: ([images, labels]) => loss(network.logits(images as Tensor4D, "train"), labels as Tensor1D, weights),
      })),
  };
}
