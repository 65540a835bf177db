import * as tf from "@tensorflow/tfjs-core";
import type { Variable } from "@tensorflow/tfjs-core";

/**
 * Gives a variable numbers of its own before they are changed in place: clones, and variables it was assigned to, share them.
 */
export function makeOwn(variable: Variable): void {
  // Of the backend that holds them: after a change of device that is still the one before.
  const { backend } = tf.engine().state.tensorInfo.get(variable.dataId)!;
  if (backend.refCount(variable.dataId) > 1) tf.tidy(() => variable.assign(tf.mul(variable, 1)));
}
