import type { Examples } from "../data/index.js";
import type { TrainingData } from "../train/training-data.js";

/** @throws RangeError without any */
export function requireUnlabeled(caller: string, { unlabeled }: TrainingData): Examples {
  if (unlabeled && unlabeled.length > 0) return unlabeled;
  throw new RangeError(
    `${caller}: expected unlabeled images in data.unlabeled, found none. experiment.longTailed draws some by rhoU, data.folder ` +
      "reads some by unlabeled, each an option (of data, in a configuration)",
  );
}
