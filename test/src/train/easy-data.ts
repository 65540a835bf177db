import { normalizationOf, type Examples } from "../../../src/data/index.js";
import { build } from "../../../src/models/index.js";
import { neighbourAccuracy } from "../../../src/ssp/two-views.js";
import { easyImages } from "./easy-images.js";

/** Four classes that a small network learns in a few dozen steps. */
export const easyData = { train: easyImages([80, 80, 80, 80], 1), test: easyImages([40, 40, 40, 40], 2) };
/** With D_L of two frequent and two rare classes, and a D_U. */
export const easySemiData = {
  train: easyImages([30, 30, 15, 15], 1),
  test: easyData.test,
  unlabeled: easyImages([20, 20, 20, 20], 3),
};
const schedule = { name: "cosine", rate: 0.05, by: "step" } as const;
export const easy = { model: "small", batchSize: 32, schedule, evaluateEvery: 100, progress: false } as const;

/** How well nearest neighbours do by the features of a network that learned nothing. */
export async function untrainedNeighbours(train: Examples, test: Examples): Promise<number> {
  const network = build("small", { classes: 4 });
  const normalization = normalizationOf(train);
  const task = { ...{ train, test, normalization, batchSize: 32, epochs: 1 }, augmentation: "none", seed: 0 } as const;
  const { neighbours } = await neighbourAccuracy(network, task);
  network.dispose();
  return neighbours!;
}
