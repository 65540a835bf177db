import type { Examples } from "../data/index.js";
import type { ResolvedLossSpec } from "../losses/index.js";
import type { TrainingData } from "../train/training-data.js";

/** @throws RangeError without any */
export function requireUnlabeled(caller: string, { unlabeled }: TrainingData): Examples {
  if (unlabeled && unlabeled.length > 0) return unlabeled;
  throw new RangeError(`${caller}: expected unlabeled images in data.unlabeled, found none`);
}

/** Factor of the logits in softmax: a loss on cosines brings its own. */
export function softmaxScale(loss: ResolvedLossSpec): number {
  return loss.name === "ldam" ? loss.scale : 1;
}
