import * as tf from "@tensorflow/tfjs-core";
import type { Scalar, Tensor1D, Tensor2D } from "@tensorflow/tfjs-core";
import * as fused from "../backend/fused/index.js";
import { check, numberWhere, optional, positive, type Rule } from "../options.js";
import { countsRule } from "../rebalance/effective-number.js";
import { checkBatch } from "./batch.js";
import { classWeightsRule, classWeightsTensor, type ClassWeights } from "./class-weights.js";

/** What of LDAM a run chooses. */
export interface LdamChoices {
  /** Margin of the smallest class, >= 0. Default 0.5; LDAM's author advises at most 0.3 for iNaturalist. */
  readonly maxMargin?: number;
  /** s, > 0: factor of the cosines after the margin. Default 30. */
  readonly scale?: number;
}

export interface LdamOptions extends LdamChoices {
  /** Images of each class as trained on (pseudo-labeled ones among them), in label order; at least one > 0. */
  readonly counts: readonly number[];
  /** Default: all classes alike. DRW: class-balanced ones from epoch 160 on. */
  readonly weights?: ClassWeights;
}

export const ldamDefaults: Required<LdamChoices> = { maxMargin: 0.5, scale: 30 };
const margin = numberWhere("a finite number >= 0", (v) => v >= 0);
export const ldamRules: Record<keyof LdamChoices, Rule> = { maxMargin: optional(margin), scale: optional(positive) };

/**
 * Label-distribution-aware margin loss (Cao et al. 2019): cross-entropy of softmax(scale (cosines - margin of the true class)),
 * averaged as `crossEntropy` does, with `ldamMargins`.
 * @param cosines float32 [batch, classes], in [-1, 1]: logits of a classifier of unit features and unit weights
 * @param labels int32 [batch], 0 to classes - 1; another one makes the loss NaN
 * @returns [], >= 0; differentiable once with respect to the cosines
 * @throws RangeError for a wrong type or shape, an option out of range, counts or weights that are not one a class
 */
export function ldam(cosines: Tensor2D, labels: Tensor1D, options: LdamOptions): Scalar {
  check("ldam", options, { counts: countsRule, ...ldamRules, weights: classWeightsRule });
  const { counts, maxMargin = ldamDefaults.maxMargin, scale = ldamDefaults.scale, weights } = options;
  return marginCrossEntropy(cosines, labels, { margins: ldamMargins(counts, maxMargin), scale, weights });
}

/**
 * Margins of LDAM, C n^(-1/4) with C such that the smallest class that has images has the margin `maxMargin`. The formula has
 * none for a class without images: it is 0, as no label asks for it, and the margins of the others do not depend on it.
 * @param counts images of each class as trained on, in label order; at least one > 0
 * @param maxMargin >= 0; default 0.5
 * @throws RangeError for a parameter out of range
 */
export function ldamMargins(counts: readonly number[], maxMargin = ldamDefaults.maxMargin): number[] {
  check("ldamMargins", { counts, maxMargin }, { counts: countsRule, maxMargin: margin });
  const smallest = Math.min(...counts.filter((n) => n > 0));
  if (smallest === Infinity) throw new RangeError("ldamMargins: expected images in at least one class, found none");
  return counts.map((n) => (n > 0 ? maxMargin * (smallest / n) ** 0.25 : 0));
}

/** LDAM by its margins, which are those of a whole run. */
export function marginCrossEntropy(
  cosines: Tensor2D,
  labels: Tensor1D,
  options: { readonly margins: readonly number[]; readonly scale: number; readonly weights?: ClassWeights | undefined },
): Scalar {
  checkBatch("ldam", cosines, labels);
  const { margins, scale, weights } = options;
  const classes = cosines.shape[1];
  if (margins.length !== classes)
    throw new RangeError(`ldam: expected counts of ${classes} classes, as many as cosines, found ${margins.length}`);
  return tf.tidy(() =>
    fused.crossEntropy(cosines, labels, {
      margins: tf.tensor1d(margins as number[]),
      scale,
      ...(weights && { weights: classWeightsTensor("ldam", weights, classes) }),
    }),
  );
}
