import * as tf from "@tensorflow/tfjs-core";
import type { Tensor1D, Tensor2D } from "@tensorflow/tfjs-core";
import { CLASSIFIER, type Network } from "../models/index.js";
import { check } from "../options.js";
import type { FitResult } from "./result.js";
import { secondStage, secondStageRules, type SecondStageOptions } from "./second-stage.js";
import { sampled, supervised, type Scored, type SupervisedOptions } from "./supervised.js";

/**
 * Classifier re-training, cRT (Kang et al. 2020, "Decoupling Representation and Classifier"): the backbone of a network that
 * learned from images as they come is kept, and a new linear classifier learns from all classes alike:
 *
 *     const base = await train.fit({ data, model: "resnet10" });
 *     const crt = await train.classifierRetraining({ base });
 *
 * As in its authors' code, images are normalized by the statistics of their batch, whose running means go on moving in the
 * backbone. No gradient runs through it. Defaults are those of ImageNet-LT: class-aware sampling, 10 epochs, batches of 512, a
 * rate of 0.2 that falls by half a cosine before each epoch (the last one has rate 0, unless it is the only one), weight
 * decay 5e-4. iNaturalist has 30 epochs and weight decay 1e-4.
 * @throws as `train.fit`; RangeError for classes or images that the first stage does not fit
 */
export async function classifierRetraining(options: SecondStageOptions): Promise<FitResult> {
  check("classifierRetraining", options, secondStageRules);
  const epochs = options.epochs ?? 10;
  const recipe = {
    ...({ rebalance: "class-aware", epochs, batchSize: 512 } as const),
    schedule: { name: "cosine", rate: 0.2, fallFirst: epochs > 1 } as const,
    optimizer: { name: "sgd", weightDecay: 5e-4 } as const,
  };
  return secondStage({ what: { task: "classifier re-training" }, name: "cRT", recipe }, options, onFrozenBackbone);
}

/** Learning from labels of which only the classifier takes notice. */
export function onFrozenBackbone(network: Network, options: SupervisedOptions): Scored {
  return {
    ...supervised(network, options),
    weights: network.weights.filter(({ name }) => name.startsWith(CLASSIFIER)),
    *steps(moment) {
      let features: Tensor2D | undefined;
      try {
        yield* sampled(options, moment, ({ images, labels }, weights) => {
          features?.dispose();
          // Before gradients are recorded: a constant of the loss.
          const found = (features = tf.keep(tf.tidy(() => network.features(images, "train"))));
          return {
            inputs: [found, labels],
            program: JSON.stringify(weights ?? null),
            loss: ([features, truth]) =>
              options.loss(network.classify(features as Tensor2D), truth as Tensor1D, weights),
          };
        });
      } finally {
        features?.dispose();
      }
    },
  };
}
