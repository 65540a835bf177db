import * as tf from "@tensorflow/tfjs-core";
import type { Tensor4D } from "@tensorflow/tfjs-core";
import { threadCount } from "../backend/simd/pool.js";
import { worksAside } from "../data/batches.js";
import type { ViewAugmentation } from "../data/index.js";
import { requireSameClasses } from "../data/same-classes.js";
import { ViewThreads } from "../data/views/view-threads.js";
import type { Recorder } from "../eval/predict.js";
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

/** Two views of each image of each batch, drawn by the run's seed. Its owner closes it. */
export class TwoViews {
  private readonly threads: ViewThreads;

  /** @param threads that make views while a step is computed; default none with our CPU engine, which computes with all cores */
  constructor(
    private readonly task: PretrainTask,
    private readonly augmentation: ViewAugmentation,
    threads = worksAside() ? threadCount() - 1 : 0,
  ) {
    this.threads = new ViewThreads(threads);
  }

  /** From a step of an epoch on. The views are gone when the next are asked for. */
  async *from({ epoch, step }: Moment): AsyncGenerator<{ first: Tensor4D; second: Tensor4D; step: number }, void> {
    const { task, augmentation, threads } = this;
    const { train, batchSize, normalization, seed } = task;
    const order = stream(seed, "shuffle").split(`epoch ${epoch}`);
    const positions = order.shuffle(Uint32Array.from({ length: train.length }, (_, i) => i));
    const drawn = stream(seed, "augment").split(`epoch ${epoch}`);
    const make = (at: number) => {
      const these = positions.subarray(at * batchSize, (at + 1) * batchSize);
      const view = (name: string): Promise<Float32Array> =>
        threads.make(train, these, { stream: drawn.split(`batch ${at} ${name}`), normalization, ...augmentation });
      const both = Promise.all([view("first"), view("second")]);
      both.catch(() => undefined); // where nobody asks for them any more
      return both;
    };
    const steps = stepsOf(task);
    let ahead = threads.count > 0 && step < steps ? make(step) : undefined;
    for (let at = step; at < steps; at++) {
      const made = await (ahead ?? make(at));
      ahead = threads.count > 0 && at + 1 < steps ? make(at + 1) : undefined;
      const [first, second] = made.map((values) => tf.keep(tf.tensor4d(values, [batchSize, ...train.shape]))) as [
        Tensor4D,
        Tensor4D,
      ];
      try {
        yield { first, second, step: at };
      } finally {
        tf.dispose([first, second]);
      }
    }
  }

  close(): void {
    this.threads.close();
  }
}

/** Weights of the backbone: the classifier takes no part. */
export function backboneOf(network: Network): Named[] {
  return network.weights.filter(({ name }) => !name.startsWith(CLASSIFIER));
}

/** @throws RangeError for test images of other classes than the training images have, whose labels `neighbourAccuracy` goes by */
export function requireVoters({ train, test }: PretrainTask): void {
  const where = "data.test, whose classes nearest neighbours in data.train tell (without it nothing is measured)";
  if (test) requireSameClasses(where, train.classes, test.classes);
}

/** How well features tell the classes of the test images apart, by nearest neighbours among the training images. */
export async function neighbourAccuracy(
  network: Network,
  task: PretrainTask,
  signal?: AbortSignal,
  recorder?: Recorder,
): Promise<Metrics> {
  const { train, test, normalization } = task;
  if (!test) return {};
  const options = { normalization, ...(signal && { signal }) };
  const known = { features: await features(network, train, options, recorder), labels: train.labels };
  const { classes } = test;
  const found = await nearestNeighbours(known, await features(network, test, options, recorder), {
    classes: classes.length,
  });
  return { neighbours: confusionMatrix(test.labels, found, { classes }).accuracy };
}
