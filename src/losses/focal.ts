import * as tf from "@tensorflow/tfjs-core";
import type { Scalar, Tensor, Tensor1D, Tensor2D } from "@tensorflow/tfjs-core";
import { check, numberWhere, oneOf, optional, type Rule } from "../options.js";
import { checkBatch } from "./batch.js";
import { classWeightsRule, classWeightsTensor, type ClassWeights } from "./class-weights.js";

/** What of the focal loss a run chooses. */
export interface FocalChoices {
  /** >= 0: how much less images count that are classified well; at 0 all count alike. Default 1, the authors'. */
  readonly gamma?: number;
  /** Where class weights go; without them both are the same. Default "authors". */
  readonly form?: "authors" | "textbook";
}

export interface FocalOptions extends FocalChoices {
  /** Default: all 1. */
  readonly weights?: ClassWeights;
}

export const focalDefaults: Required<FocalChoices> = { gamma: 1, form: "authors" };
export const focalRules: Record<keyof FocalChoices, Rule> = {
  gamma: optional(numberWhere("a finite number >= 0", (v) => v >= 0)),
  form: optional(oneOf("authors", "textbook")),
};

/**
 * Focal loss, averaged over the batch, whatever the weights: with l = -log p, p the probability of the true class y, and
 * f(t) = (1 - e^-t)^gamma t, the mean of
 * - "authors": f(w_y l). The weight is in the modulating factor too (their code, and LDAM-DRW's before it);
 * - "textbook": w_y f(l) = w_y (1 - p)^gamma l (Lin et al. 2017, equation 5).
 *
 * p is a softmax's in both, as in those two codes. Lin et al. take a sigmoid of each class and add up over classes, and so do Cui
 * et al. 2019, whose class-balanced focal loss ("CB-Focal") is another one, therefore.
 * @param logits float32 [batch, classes], finite
 * @param labels int32 [batch], 0 to classes - 1; another one makes the loss NaN
 * @returns [], >= 0; differentiable once with respect to the logits
 * @throws RangeError for a wrong type or shape, an option out of range, weights that are not one a class
 */
export function focal(logits: Tensor2D, labels: Tensor1D, options: FocalOptions = {}): Scalar {
  check("focal", options, { ...focalRules, weights: classWeightsRule });
  checkBatch("focal", logits, labels);
  const { gamma = focalDefaults.gamma, form = focalDefaults.form, weights } = options;
  const [batch, classes] = logits.shape;
  const op = tf.customGrad((...args: unknown[]) => {
    const [given, save] = args as [Tensor2D, tf.GradSaveFunc];
    const isTrue = tf.equal(tf.expandDims(labels, 1), tf.expandDims(tf.range(0, classes, 1, "int32")));
    const truth = tf.cast(isTrue, "float32");
    const others = tf.where(isTrue, -Infinity, given);
    const highest = tf.max(others, 1, true);
    const odds = tf.exp(tf.sub(others, highest));
    const sum = tf.sum(odds, 1, true);
    // A label outside the classes is 0 / 0.
    const own = tf.div(tf.sum(tf.mul(truth, given), 1, true), tf.sum(truth, 1, true));
    // From the log odds against the true class, l and 1 - p have all their digits also where p is nearly 1.
    const against = tf.add(tf.sub(highest, own), tf.log(sum));
    const entropy = tf.add(tf.relu(against), tf.log1p(tf.exp(tf.neg(tf.abs(against)))));
    const weight = weights
      ? tf.sum(tf.mul(truth, classWeightsTensor("focal", weights, classes)), 1, true)
      : tf.onesLike(against);
    const t = form === "authors" ? tf.mul(weight, entropy) : entropy;
    const loss = tf.mul(power(tf.neg(tf.expm1(tf.neg(t))), gamma), t);
    const value: Scalar = tf.mean(form === "authors" ? loss : tf.mul(weight, loss));
    // l falls by sigmoid(against) with the true logit, and rises by as much with the others, by their odds.
    const direction = tf.sub(tf.div(odds, sum), truth);
    save([t, tf.mul(weight, tf.sigmoid(against)), direction]);
    const gradFunc = (dy: Tensor, saved: Tensor[]): Tensor => {
      const slope = tf.mul(focalSlope(saved[0]!, gamma), saved[1]!);
      return tf.mul(tf.mul(saved[2]!, slope), tf.div(dy, batch));
    };
    return { value, gradFunc };
  });
  return op(logits);
}

/** f'(t) = (1 - e^-t)^gamma (1 + gamma t / (e^t - 1)), of which no part is infinite at t = 0, as in other forms. */
function focalSlope(t: Tensor, gamma: number): Tensor {
  const ratio = tf.div(t, tf.maximum(tf.expm1(t), SMALLEST));
  return tf.mul(power(tf.neg(tf.expm1(tf.neg(t))), gamma), tf.add(1, tf.mul(ratio, gamma)));
}

/** The smallest normal float32: a t below it counts as 0. */
const SMALLEST = 1.17549435e-38;

/** x^gamma; 0^0 is 1. The usual ones need no logarithm. */
function power(x: Tensor, gamma: number): Tensor {
  if (gamma === 0) return tf.onesLike(x);
  return gamma === 1 ? x : tf.pow(x, gamma);
}
