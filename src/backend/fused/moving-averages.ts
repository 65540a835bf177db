import * as tf from "@tensorflow/tfjs-core";
import type { Tensor, Variable } from "@tensorflow/tfjs-core";
import { hasKernel, runKernel } from "./kernel.js";
import { makeOwn } from "./own.js";

/** An average, and what it follows. */
export interface Followed {
  readonly average: Variable;
  /** Of the average's shape; or [times, ...that], of which it follows one after the other. */
  readonly now: Tensor;
  /** Of `now`. Default 1. */
  readonly factor?: number;
}

/**
 * average = (1 - share) * average + share * factor * now, of several at a time, in place.
 * @throws RangeError unless an average and what it follows are numbers of the same shape, or of several of it
 */
export function follow(pairs: readonly Followed[], share: number): void {
  for (const { average, now } of pairs) {
    const shape = isSeveral(average, now) ? now.shape.slice(1) : now.shape;
    if (average.dtype === now.dtype && tf.util.arraysEqual(average.shape, shape)) continue;
    const [expected, found] = [average, now].map(({ dtype, shape }) => `${dtype} [${shape.join(", ")}]`);
    throw new RangeError(`follow: expected ${expected}, as the average is, found ${found}`);
  }
  if (!hasKernel("MovingAverages")) return followReference(pairs, share);
  const named: Record<string, Tensor> = {};
  pairs.forEach(({ average, now }, i) => {
    makeOwn(average);
    named[`average${i}`] = average;
    named[`now${i}`] = now;
  });
  runKernel("MovingAverages", named, { share, factors: pairs.map(({ factor = 1 }) => factor) });
}

const isSeveral = (average: Tensor, now: Tensor): boolean => now.rank === average.rank + 1;

/** The same, composed of TensorFlow.js's operations. */
export function followReference(pairs: readonly Followed[], share: number): void {
  for (const { average, now, factor = 1 } of pairs)
    tf.tidy(() => {
      for (const one of isSeveral(average, now) ? tf.unstack(now) : [now])
        average.assign(tf.add(tf.mul(average, 1 - share), tf.mul(one, share * factor)));
    });
}
