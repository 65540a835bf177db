import * as tf from "@tensorflow/tfjs-core";
import type { Tensor4D } from "@tensorflow/tfjs-core";
import { isRecording } from "../backend/fused/index.js";

/**
 * Layer after layer. Where no gradient is wanted, what a layer was given is gone as soon as it is done: evaluation takes the memory of
 * two layers, and not of all.
 */
export function chain(x: Tensor4D, layers: readonly ((x: Tensor4D) => Tensor4D)[]): Tensor4D {
  if (isRecording()) return layers.reduce((y, layer) => layer(y), x);
  return layers.reduce((y, layer) => {
    const next = tf.tidy(() => layer(y));
    if (y !== x && y !== next) y.dispose();
    return next;
  }, x);
}
