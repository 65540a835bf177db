import * as tf from "@tensorflow/tfjs-core";
import type { Scalar, Tensor1D, Tensor2D, Tensor4D } from "@tensorflow/tfjs-core";
import { randomNormal } from "../backend/fused/index.js";
import type { Examples } from "../data/index.js";
import type { Network } from "../models/index.js";
import { stream } from "../random/index.js";
import { scored, type Scored, type SupervisedOptions } from "../train/supervised.js";
import type { Step } from "../train/task.js";
import { partLoss } from "./part-loss.js";
import { rampUp } from "./ramp-up.js";
import { PairedBatches } from "./two-views.js";

export interface VatChoices {
  /** Length of the adversarial direction, over all pixels of a normalized image. Default 6 (CIFAR-10 there, whitened; SVHN 1). */
  readonly epsilon?: number;
  /** Length of the step that looks for it. Default 1e-6 there, where float32 sees noise alone; here 1e-2, which errs least. */
  readonly xi?: number;
  /** Weight of the term after its ramp. Default 0.3, theirs; Miyato et al. have 1. */
  readonly weight?: number;
  /** Share of all steps in which that weight grows. Default 0.4. */
  readonly ramp?: number;
}

export interface VatTask extends SupervisedOptions, Required<VatChoices> {
  readonly unlabeled: Examples;
  readonly epochs: number;
  /** Factor of the logits in softmax: LDAM's s for cosines, else 1. */
  readonly scale: number;
}

/**
 * Virtual adversarial training (Miyato et al. 2018), by the protocol of Oliver et al. 2018: besides the loss of the labeled
 * images, how much the prediction for an unlabeled one changes in the direction in which it changes most, as
 * KL(perturbed || clean), no gradient through clean; sum over images divided by the whole batch.
 */
export function vatTask(network: Network, options: VatTask): Scored {
  const { loss, rebalance, epsilon, xi, weight, ramp, epochs, scale, seed } = options;
  const feed = new PairedBatches(options, options.unlabeled);
  const steps = feed.paired.stepsPerEpoch;
  const directions = stream(seed, "adversary");
  const logProbabilities = (images: Tensor4D): Tensor2D =>
    tf.logSoftmax(tf.mul(network.logits(images, "batch", true), scale)) as Tensor2D;

  /** The direction for each image, of length epsilon: one step of power iteration from a random one. */
  const adversary = (images: Tensor4D, clean: Tensor2D, random: Tensor4D): Tensor4D => {
    const start = unitImages(random);
    const change = tf.grad((r) => divergence(logProbabilities(tf.add(images, tf.mul(r, xi))), clean));
    return tf.mul(unitImages(change(start) as Tensor4D), epsilon);
  };

  return {
    ...scored(network, options),
    stepsIn: () => steps,
    *steps(moment): Generator<Step, void> {
      const weights = rebalance.weights(moment.epoch);
      const here = directions.split(`epoch ${moment.epoch}`);
      let { step } = moment;
      for (const { batch, labeled } of feed.from(moment, 1)) {
        const { images, labels } = batch;
        const unlabeled = labels.size - labeled;
        const grown = weight * rampUp(moment.epoch * steps + step, ramp * epochs * steps);
        const number = here.split(`step ${step++}`).integer(2 ** 53 - 1);
        const random = randomNormal([unlabeled, ...images.shape.slice(1)], number) as Tensor4D;
        const share = tf.scalar(grown / labels.size);
        try {
          yield {
            images: labels.size,
            inputs: [images, labels, random, share],
            program: JSON.stringify({ weights: weights ?? null, labeled }),
            constants([images, , random]) {
              const plain = tf.slice(images as Tensor4D, labeled, unlabeled);
              const clean = logProbabilities(plain);
              return [clean, tf.add(plain, adversary(plain, clean, random as Tensor4D))];
            },
            loss([images, truth, , share], [clean, perturbed]) {
              const [logits, labels] = [network.logits(images as Tensor4D, "train"), truth as Tensor1D];
              const supervised = partLoss(loss, { logits, labels }, { from: 0, size: labeled }, weights);
              const change = divergence(logProbabilities(perturbed as Tensor4D), clean as Tensor2D);
              return tf.add(supervised, tf.mul(change, share!));
            },
          };
        } finally {
          tf.dispose([random, share]);
        }
      }
    },
  };
}

/** KL(p || q), summed over images, of logarithms. */
function divergence(p: Tensor2D, q: Tensor2D): Scalar {
  return tf.sum(tf.mul(tf.exp(p), tf.sub(p, q)));
}

/** Each image scaled to length 1; one of zeros stays. */
function unitImages(images: Tensor4D): Tensor4D {
  const largest = tf.maximum(tf.max(tf.abs(images), [1, 2, 3], true), 1e-30);
  const scaled = tf.div(images, largest); // squares of tiny gradients would be 0
  return tf.div(scaled, tf.maximum(tf.sqrt(tf.sum(tf.square(scaled), [1, 2, 3], true)), 1e-30));
}
