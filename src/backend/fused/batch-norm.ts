import * as tf from "@tensorflow/tfjs-core";
import type { Tensor, Tensor1D, Tensor4D } from "@tensorflow/tfjs-core";

/** Statistics of a batch, or running ones: mean and biased variance of each channel, [channels]. */
export interface Statistics {
  readonly mean: Tensor1D;
  readonly variance: Tensor1D;
}

/** Normalizes by given statistics, or by those of the batch itself. */
export function normalized(
  u: Tensor4D,
  { gamma, beta }: { readonly gamma: Tensor1D; readonly beta: Tensor1D },
  epsilon: number,
  statistics?: Statistics,
): { readonly y: Tensor4D; readonly statistics: Statistics } {
  const { mean, variance } = statistics ?? (tf.moments(u, [0, 1, 2]) as Statistics);
  return { y: tf.batchNorm(u, mean, variance, beta, gamma, epsilon), statistics: { mean, variance } };
}

/** Tensors that a custom gradient's forward function made, handed out to its caller as constants. */
export class HandedOut {
  private readonly kept: Tensor[] = [];

  keep(...tensors: Tensor[]): void {
    this.kept.push(...tensors.map((one) => tf.keep(tf.clone(one))));
  }

  /** They belong to the caller's scope from now on. */
  take(): Tensor1D[] {
    return this.kept.splice(0).map((one) => {
      const mine = tf.clone(one) as Tensor1D;
      one.dispose();
      return mine;
    });
  }
}
