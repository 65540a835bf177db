import * as tf from "@tensorflow/tfjs-core";
import type { Scalar, Tensor2D } from "@tensorflow/tfjs-core";
import type { Examples, Normalization } from "../data/index.js";
import { features } from "../eval/index.js";
import { centroid } from "../losses/index.js";
import { CLASSIFIER, HALLUCINATOR, MEMORY, type Named, type Network } from "../models/index.js";
import { sampled, supervised, type Scored, type SupervisedOptions } from "./supervised.js";

interface MemorizingOptions extends SupervisedOptions {
  /** The network of the first stage. */
  readonly base: Network;
  readonly featureRate: number;
  readonly centroidWeight: number;
}

/** OLTR's second stage: a network with a memory of classes learns from labels, and its memory from features. */
export async function memorizing(network: Network, options: MemorizingOptions): Promise<Scored> {
  const { train, normalization, base, loss, featureRate, centroidWeight } = options;
  const memory = variable(network, MEMORY);
  const means = await classMeans(network, train, normalization);
  tf.tidy(() => memory.assign(tf.tensor2d(means, memory.shape as [number, number])));
  if (base.head === "linear" && base.classes === network.classes) {
    variable(network, HALLUCINATOR.matrix).assign(variable(base, `${CLASSIFIER}matrix`));
    variable(network, HALLUCINATOR.bias).assign(variable(base, `${CLASSIFIER}bias`));
  }
  return {
    ...supervised(network, options),
    rateFactor: ({ name }) => (name.startsWith(CLASSIFIER) && name !== MEMORY ? 1 : featureRate),
    steps: (moment) =>
      sampled(options, moment, ({ images, labels }, weights) => ({
        loss(): Scalar {
          const found = network.features(images, "train");
          const classified = loss(network.classify(found), labels, weights);
          return tf.add(
            classified,
            tf.mul(centroid(found, labels, memory as Named<Tensor2D>["variable"]), centroidWeight),
          );
        },
      })),
  };
}

function variable(network: Network, name: string): Named["variable"] {
  return network.weights.find((one) => one.name === name)!.variable;
}

/** Mean features of each class, row by row, by running statistics; of a class without images, zeros. */
async function classMeans(network: Network, train: Examples, normalization: Normalization): Promise<Float32Array> {
  const { width, classes } = network;
  const found = await features(network, train, { normalization });
  const [sums, counts] = [new Float64Array(classes * width), train.counts()];
  train.labels.forEach((label, i) => {
    for (let k = 0; k < width; k++) sums[label * width + k]! += found[i * width + k]!;
  });
  return Float32Array.from(sums, (sum, at) => sum / Math.max(1, counts[Math.floor(at / width)]!));
}
