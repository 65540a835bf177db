import { expect, test } from "vitest";
import { resolveRecipe } from "../../../src/train/recipe.js";

test("without choices, it is the paper's for CIFAR and SVHN", () => {
  expect(resolveRecipe({})).toEqual({
    model: "resnet32",
    loss: { name: "cross-entropy" },
    rebalance: { name: "none", beta: 0.9999, from: 160 },
    schedule: { name: "steps", rate: 0.1, warmup: 5, warmupBy: "epoch", at: [160, 180], factor: 0.01 },
    optimizer: { name: "sgd", momentum: 0.9, weightDecay: 2e-4, nesterov: false },
    epochs: 200,
    batchSize: 128,
    augmentation: { pad: 4, mirror: true },
    seed: 0,
  });
  expect(resolveRecipe({ loss: "ldam" }).loss).toEqual({ name: "ldam", maxMargin: 0.5, scale: 30 });
  expect(resolveRecipe({ loss: "focal" }).loss).toEqual({ name: "focal", gamma: 1, form: "authors" });
});
