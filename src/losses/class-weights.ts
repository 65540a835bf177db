import * as tf from "@tensorflow/tfjs-core";
import type { Tensor1D } from "@tensorflow/tfjs-core";
import { check, optional, type Rule } from "../options.js";
import { described } from "./batch.js";

/**
 * Weight of each class, [classes]: finite, >= 0, not all 0; a tensor is float32, and what it holds is not looked at. Scaling
 * all of them changes no weighted mean (cross-entropy, LDAM), but it does change the focal loss.
 */
export type ClassWeights = readonly number[] | Tensor1D;

export const classWeightsRule: Rule = optional({
  range: "an array of finite numbers >= 0, not all 0, or a Tensor1D",
  accepts: (v) =>
    v instanceof tf.Tensor ||
    (Array.isArray(v) && v.every((w) => Number.isFinite(w) && w >= 0) && v.some((w) => w > 0)),
});

/**
 * The weights on the device: a few numbers, made anew for each batch so that nothing is held there from step to step. Call it
 * within a tidy.
 * @throws RangeError for weights out of range, or not one a class
 */
export function classWeightsTensor(caller: string, weights: ClassWeights, classes: number): Tensor1D {
  check(caller, { weights }, { weights: classWeightsRule });
  const known = weights instanceof tf.Tensor;
  const fits = known ? weights.shape.length === 1 && weights.size === classes : weights.length === classes;
  if (!fits || (known && weights.dtype !== "float32")) {
    const found = known ? described(weights) : weights.length;
    throw new RangeError(`${caller}: expected ${classes} weights, one a class, found ${found}`);
  }
  return known ? weights : tf.tensor1d(weights as number[], "float32");
}
