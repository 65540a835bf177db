import * as tf from "@tensorflow/tfjs-core";
import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from "@tensorflow/tfjs-core";
import { follow } from "../backend/fused/index.js";
import type { Examples } from "../data/index.js";
import type { Named, Network } from "../models/index.js";
import { scored, type Scored, type SupervisedOptions } from "../train/supervised.js";
import type { Step } from "../train/task.js";
import { partLoss } from "./part-loss.js";
import { rampUp } from "./ramp-up.js";
import { PairedBatches } from "./two-views.js";

export interface MeanTeacherChoices {
  /** Share of itself that the teacher keeps at each step, in [0, 1). Default 0.95, as Oliver et al. 2018; the method's authors 0.99, then 0.999. */
  readonly decay?: number;
  /** Weight of the consistency term after its ramp. Default 8. */
  readonly weight?: number;
  /** Share of all steps in which that weight grows. Default 0.4. */
  readonly ramp?: number;
}

export interface MeanTeacherTask extends SupervisedOptions, Required<MeanTeacherChoices> {
  readonly unlabeled: Examples;
  readonly epochs: number;
  /** Factor of the logits in softmax: LDAM's s for cosines, else 1. */
  readonly scale: number;
}

/**
 * Mean Teacher (Tarvainen & Valpola 2017), by the protocol of Oliver et al. 2018: besides the loss of the labeled images, the
 * squared difference of student's and teacher's probabilities on two views of the unlabeled ones (mean over classes, sum over
 * images divided by the whole batch). The teacher is a moving average of the student; it is what is scored.
 */
export function meanTeacherTask(student: Network, options: MeanTeacherTask): Scored {
  const { loss, rebalance, decay, weight, ramp, epochs, scale } = options;
  const feed = new PairedBatches(options, options.unlabeled);
  const teacher = student.copy(); // after what may be refused
  const steps = feed.paired.stepsPerEpoch;
  const pairs = teacher.weights.map(({ variable }, i) => ({ average: variable, now: student.weights[i]!.variable }));
  const ours = (prefix: string, list: readonly Named[]) =>
    list.map((one) => ({ ...one, name: `${prefix}/${one.name}` }));
  return {
    ...scored(teacher, options),
    outcome: teacher,
    weights: student.weights,
    carried: [...student.statistics, ...ours("teacher", [...teacher.weights, ...teacher.statistics])],
    stepsIn: () => steps,
    *steps(moment): Generator<Step, void> {
      const weights = rebalance.weights(moment.epoch);
      let done = moment.epoch * steps + moment.step;
      for (const { batch, labeled, second } of feed.from(moment, 2)) {
        const { images, labels } = batch;
        const unlabeled = labels.size - labeled;
        const grown = weight * rampUp(done++, ramp * epochs * steps);
        const softened = (logits: Tensor2D): Tensor => tf.softmax(tf.mul(tf.slice(logits, labeled, unlabeled), scale));
        const share = tf.scalar((grown * unlabeled) / labels.size);
        try {
          yield {
            images: labels.size,
            inputs: [images, labels, second!.images, share],
            program: JSON.stringify({ weights: weights ?? null, labeled }),
            constants: ([, , second]) => [softened(teacher.logits(second as Tensor4D, "train"))],
            loss([images, truth, , share], [taught]) {
              const [logits, labels] = [student.logits(images as Tensor4D, "train"), truth as Tensor1D];
              const supervised = partLoss(loss, { logits, labels }, { from: 0, size: labeled }, weights);
              const difference = tf.mean(tf.square(tf.sub(softened(logits), taught!)));
              return tf.add(supervised, tf.mul(difference, share!));
            },
            after: () => follow(pairs, 1 - decay),
          };
        } finally {
          share.dispose();
        }
      }
    },
  };
}
