import * as tf from "@tensorflow/tfjs-core";
import type { Tensor4D } from "@tensorflow/tfjs-core";
import { views, type ViewAugmentation } from "../data/index.js";
import { confusionMatrix, features, nearestNeighbours } from "../eval/index.js";
import { CLASSIFIER, type Named, type Network } from "../models/index.js";
import { stream } from "../random/index.js";
import type { Metrics, Moment } from "../train/task.js";
import type { PretrainTask } from "./pretrain.js";

/** Whole batches only: the authors of both methods leave the rest of an epoch away. */
export function stepsOf({ train, batchSize }: PretrainTask): number {
  const steps = Math.floor(train.length / batchSize);
  if (steps < 1)
    throw new RangeError(`expected ${batchSize} images (batchSize) or more to learn from, found ${train.length}`);
  return steps;
}

/** Two views of each image of each batch. They are gone when the next batch is asked for. */
export function* twoViews(
  task: PretrainTask,
  augmentation: ViewAugmentation,
  { epoch, step }: Moment,
): Generator<{ readonly first: Tensor4D; readonly second: Tensor4D; readonly step: number }, void> {
  const { train, batchSize, normalization, seed } = task;
  const order = stream(seed, "shuffle").split(`epoch ${epoch}`);
  const positions = order.shuffle(Uint32Array.from({ length: train.length }, (_, i) => i));
  const drawn = stream(seed, "augment").split(`epoch ${epoch}`);
  for (let at = step; at < stepsOf(task); at++) {
    const these = positions.subarray(at * batchSize, (at + 1) * batchSize);
    const view = (name: string): Tensor4D =>
      tf.keep(views(train, these, { stream: drawn.split(`batch ${at} ${name}`), normalization, ...augmentation }));
    const [first, second] = [view("first"), view("second")];
    try {
      yield { first, second, step: at };
    } finally {
      tf.dispose([first, second]);
    }
  }
}

/** Weights of the backbone: the classifier takes no part. */
export function backboneOf(network: Network): Named[] {
  return network.weights.filter(({ name }) => !name.startsWith(CLASSIFIER));
}

/** How well features tell the classes of the test images apart, by nearest neighbours among the training images. */
export async function neighbourAccuracy(network: Network, task: PretrainTask, signal?: AbortSignal): Promise<Metrics> {
  const { train, test, normalization } = task;
  if (!test) return {};
  const options = { normalization, ...(signal && { signal }) };
  const known = { features: await features(network, train, options), labels: train.labels };
  const { classes } = test;
  const found = await nearestNeighbours(known, await features(network, test, options), { classes: classes.length });
  return { neighbours: confusionMatrix(test.labels, found, { classes }).accuracy };
}
