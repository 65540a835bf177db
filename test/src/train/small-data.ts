import { Examples, stickers } from "../../../src/data/index.js";
import { exponentialProfile, unlabeledProfile } from "../../../src/tail/index.js";
import type { TrainingData } from "../../../src/train/index.js";

const examples = (options: Parameters<typeof stickers>[0]): Examples => Examples.of(stickers(options));
const counts = exponentialProfile({ classes: 10, head: 12, rho: 4 });

/** Some sixty labeled images, 20 of test, twice as many unlabeled ones: a run on them takes seconds. */
export const smallData: TrainingData & { readonly unlabeled: Examples } = {
  name: "a few stickers",
  train: examples({ counts }),
  test: examples({ counts: 2, split: "test" }),
  unlabeled: examples({ counts: unlabeledProfile({ labeled: counts, rhoU: 4, multiple: 2 }), split: "unlabeled" }),
};
export const few = { data: smallData, model: "small", epochs: 2, batchSize: 32, progress: false } as const;
