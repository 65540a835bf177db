import * as tf from "@tensorflow/tfjs-core";
import type { Variable } from "@tensorflow/tfjs-core";

/**
 * Gives a variable numbers of its own before they are changed in place: clones, and variables it was assigned to, share them.
 */
export function makeOwn(variable: Variable): void {
  if (tf.backend().refCount(variable.dataId) > 1) tf.tidy(() => variable.assign(tf.mul(variable, 1)));
}
