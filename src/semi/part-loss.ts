import * as tf from "@tensorflow/tfjs-core";
import type { Scalar, Tensor1D, Tensor2D } from "@tensorflow/tfjs-core";
import type { SupervisedOptions } from "../train/supervised.js";

/** The loss of some images of a batch: `size` of them, from `from` on. @param weights of the classes; default all alike */
export function partLoss(
  loss: SupervisedOptions["loss"],
  { logits, labels }: { readonly logits: Tensor2D; readonly labels: Tensor1D },
  { from, size }: { readonly from: number; readonly size: number },
  weights: readonly number[] | undefined,
): Scalar {
  return loss(tf.slice(logits, from, size), tf.slice<tf.Rank.R1, Tensor1D>(labels, from, size), weights);
}
