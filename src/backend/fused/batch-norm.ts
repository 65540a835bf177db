import * as tf from "@tensorflow/tfjs-core";
import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from "@tensorflow/tfjs-core";
import { hasKernel } from "./kernel.js";

/**
 * Statistics of a batch, or running ones: mean and biased variance of each channel, [channels]; of a batch in several groups,
 * [groups, channels].
 */
export interface Statistics {
  readonly mean: Tensor1D | Tensor2D;
  readonly variance: Tensor1D | Tensor2D;
}

/** Whether the backend in use normalizes a batch in groups in one go; else they are faster one by one. */
export const normalizesInGroups = (): boolean => hasKernel("ConvBatchNormInGroups");

/** @throws RangeError unless a batch can be cut into so many groups */
export function requireGroups(caller: string, batch: number, groups: number): void {
  if (Number.isInteger(groups) && groups > 0 && batch % groups === 0) return;
  throw new RangeError(`${caller}: expected groups that divide the batch of ${batch}, found ${groups}`);
}

/** Normalizes a batch in groups of images, each by its own statistics. */
export function normalizedInGroups(
  u: Tensor4D,
  affine: { readonly gamma: Tensor1D; readonly beta: Tensor1D },
  epsilon: number,
  groups: number,
): { readonly y: Tensor4D; readonly statistics: Statistics } {
  const parts = tf.split<Tensor4D>(u, groups).map((part) => normalized(part, affine, epsilon));
  const stacked = (of: "mean" | "variance") => tf.stack(parts.map(({ statistics }) => statistics[of])) as Tensor2D;
  return {
    y: tf.concat(parts.map(({ y }) => y)),
    statistics: { mean: stacked("mean"), variance: stacked("variance") },
  };
}

/** Normalizes by given statistics, or by those of the batch itself. */
export function normalized(
  u: Tensor4D,
  { gamma, beta }: { readonly gamma: Tensor1D; readonly beta: Tensor1D },
  epsilon: number,
  statistics?: Statistics,
): { readonly y: Tensor4D; readonly statistics: Statistics } {
  const { mean, variance } = statistics ?? (tf.moments(u, [0, 1, 2]) as Statistics);
  return {
    y: tf.batchNorm(u, mean as Tensor1D, variance as Tensor1D, beta, gamma, epsilon),
    statistics: { mean, variance },
  };
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
