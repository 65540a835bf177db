import { check, numberWhere, optional } from "../options.js";
import { memorizing } from "./memorizing.js";
import type { FitResult } from "./result.js";
import { secondStage, secondStageRules, type SecondStageOptions } from "./second-stage.js";

export interface OltrOptions extends SecondStageOptions {
  /** Learning rate of the backbone and of the centroids, as a share of the classifier's. Default 0.1. */
  readonly featureRate?: number;
  /** Weight of the centroid loss. Default 0.01. */
  readonly centroidWeight?: number;
}

const atLeast0 = numberWhere("a finite number >= 0", (v) => v >= 0);

/**
 * OLTR (Liu et al. 2019, "Large-Scale Long-Tailed Recognition in an Open World"): its second stage, with a dynamic
 * meta-embedding of the features of a first one that learned by plain softmax. Each class has a centroid in a visual memory,
 * which begins as the mean of its training images' features; a feature is enriched by the centroids that it calls to mind, and
 * classified by its cosines.
 *
 *     const base = await train.fit({ data, model: "resnet10" });
 *     const oltr = await train.oltr({ base });
 *
 * Defaults are those of ImageNet-LT: class-aware sampling, 60 epochs, batches of 128, rate 0.1, times 0.1 after each third,
 * weight decay 5e-4. Ours is simpler than the authors' code in three points: there is no modulated attention, there is no
 * further layer behind the mean over pixels, and momentum and weight decay of the centroids are those of the network. Where the
 * first stage's classifier is linear, it is what calls centroids to mind at first.
 * @throws as `train.classifierRetraining`
 */
export async function oltr(options: OltrOptions): Promise<FitResult> {
  check("oltr", options, { ...secondStageRules, featureRate: optional(atLeast0), centroidWeight: optional(atLeast0) });
  const { featureRate = 0.1, centroidWeight = 0.01, ...rest } = options;
  const epochs = options.epochs ?? 60;
  const thirds = [...new Set([1, 2].map((third) => Math.round((third * epochs) / 3)))];
  const at = thirds.filter((epoch) => epoch > 0 && epoch < epochs);
  const recipe = {
    ...({ rebalance: "class-aware", epochs, batchSize: 128 } as const),
    schedule: { name: "steps", rate: 0.1, warmup: 0, at, factor: 0.1 } as const,
    optimizer: { name: "sgd", weightDecay: 5e-4 } as const,
  };
  const what = { task: "oltr", featureRate, centroidWeight };
  return secondStage({ what, name: "OLTR", recipe, head: "meta-embedding" }, rest, (network, task) =>
    memorizing(network, { ...task, ...{ base: options.base.network, featureRate, centroidWeight } }),
  );
}
