import type { Scalar, Tensor1D, Tensor2D } from "@tensorflow/tfjs-core";
import type { Rule } from "../options.js";
import type { ClassWeights } from "./class-weights.js";
import { crossEntropy } from "./cross-entropy.js";
import { focal, focalDefaults, focalRules, type FocalChoices } from "./focal.js";
import { ldamDefaults, ldamMargins, ldamRules, marginCrossEntropy, type LdamChoices } from "./ldam.js";

/** Loss of a batch, []: logits float32 [batch, classes], labels int32 [batch]. @param weights default: all classes alike */
export type BatchLoss = (logits: Tensor2D, labels: Tensor1D, weights?: ClassWeights) => Scalar;

/** A loss by its name in the configuration of a run, and what is chosen of it. */
export interface LossFamily<Choices extends object> {
  /** The classifier whose outputs it takes: "cosine" is bias-free, of unit features and unit weights. */
  readonly head: "linear" | "cosine";
  readonly defaults: Required<Choices>;
  readonly rules: Readonly<Record<keyof Choices, Rule>>;
  /** Factor of the logits in softmax, where probabilities are made of them: of cosines, what the loss multiplies them by. */
  softmaxScale(choices: Required<Choices>): number;
  /** @param counts images of each class as trained on, in label order */
  build(choices: Required<Choices>, counts: readonly number[]): BatchLoss;
}

/** What may be chosen of each loss. */
export interface LossChoices {
  readonly "cross-entropy": object;
  readonly focal: FocalChoices;
  readonly ldam: LdamChoices;
}

export type LossName = keyof LossChoices;

/** All losses by name: head, defaults and how each is made. */
export const LOSSES: { readonly [Name in LossName]: LossFamily<LossChoices[Name]> } = {
  "cross-entropy": {
    head: "linear",
    defaults: {},
    rules: {},
    softmaxScale: () => 1,
    build: () => (logits, labels, weights) => crossEntropy(logits, labels, weights && { weights }),
  },
  focal: {
    head: "linear",
    defaults: focalDefaults,
    rules: focalRules,
    softmaxScale: () => 1,
    build: (choices) => (logits, labels, weights) => focal(logits, labels, { ...choices, ...(weights && { weights }) }),
  },
  ldam: {
    head: "cosine",
    defaults: ldamDefaults,
    rules: ldamRules,
    softmaxScale: ({ scale }) => scale,
    build({ maxMargin, scale }, counts) {
      const margins = ldamMargins(counts, maxMargin);
      return (cosines, labels, weights) => marginCrossEntropy(cosines, labels, { margins, scale, weights });
    },
  },
};
