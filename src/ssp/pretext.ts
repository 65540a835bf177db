import { setImmediate as otherWork } from "node:timers/promises";
import * as tf from "@tensorflow/tfjs-core";
import type { Tensor, Tensor4D } from "@tensorflow/tfjs-core";
import { batchCount, batches, LEAST_BATCH } from "../data/index.js";
import { crossEntropy } from "../losses/index.js";
import type { Recorder } from "../eval/predict.js";
import type { Network } from "../models/index.js";
import { stream } from "../random/index.js";
import { uniformSampler } from "../rebalance/index.js";
import type { Step, Task } from "../train/task.js";
import type { PretrainTask } from "./pretrain.js";
import { waysToCut, type Puzzles } from "./rotate.js";
import { varied } from "../train/varied.js";

/**
 * Learns to tell what was done to an image: labels are not looked at.
 * @param name of the accuracy among an epoch's metrics
 * @param change makes puzzles of varied, normalized images; of as many images and the same `cut` always in the same way
 * @param changes of which each image gets one, so that the cut is drawn for each epoch, where they do not divide a batch. Default 1: no cut
 */
export function pretextTask(
  network: Network,
  options: PretrainTask,
  name: string,
  change: (images: Tensor4D, cut?: number) => Puzzles,
  changes = 1,
): Task {
  const { train, test, normalization, batchSize, augmentation, seed } = options;
  const [shuffle, augment, cuts] = [stream(seed, "shuffle"), stream(seed, "augment"), stream(seed, "cuts")];
  const sampler = uniformSampler(train.labels, { classes: train.classes.length });
  return {
    weights: network.weights,
    carried: network.statistics,
    stepsIn: () => batchCount(train.length, batchSize, LEAST_BATCH),
    *steps({ epoch, step }): Generator<Step, void> {
      const positions = sampler.epoch(epoch, shuffle.split(`epoch ${epoch}`));
      for (const batch of batches(train, {
        normalization,
        positions,
        batchSize,
        leastBatch: LEAST_BATCH,
        first: step,
        ...varied(augmentation, augment, epoch),
      })) {
        const images = batch.labels.size;
        // One way an epoch: each is a step of its own to record.
        const cut = cuts.split(`epoch ${epoch} of ${images}`).integer(waysToCut(images, changes));
        const loss = ([shown]: readonly Tensor[]) => {
          const { images, labels } = change(shown as Tensor4D, cut);
          return crossEntropy(network.logits(images, "train"), labels);
        };
        yield { images, inputs: [batch.images], program: `${name} ${cut}`, loss };
      }
    },
    ...(test && {
      async evaluate(epoch: number, signal?: AbortSignal, recorder?: Recorder) {
        // In random order: what is done to an image depends on its place.
        const order = stream(seed, "evaluate").split(`epoch ${epoch}`);
        const positions = order.shuffle(Uint32Array.from({ length: test.length }, (_, i) => i));
        let [right, all] = [0, 0];
        for (const batch of batches(test, { normalization, positions, batchSize: 500 })) {
          const step = ([shown]: readonly Tensor[]) =>
            tf.tidy(() => {
              const { images, labels } = change(shown as Tensor4D);
              return tf.cast(tf.equal(tf.argMax(network.logits(images), 1), labels), "int32");
            });
          const hits = recorder ? await recorder.run(`evaluate ${name}`, [batch.images], step) : step([batch.images]);
          right += (await hits.data<"int32">()).reduce((sum, hit) => sum + hit, 0);
          all += hits.size;
          hits.dispose();
          await otherWork();
          signal?.throwIfAborted();
        }
        return { [name]: right / all };
      },
    }),
  };
}
