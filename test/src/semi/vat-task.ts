import * as tf from "@tensorflow/tfjs";
import { expect } from "vitest";
import { normalizationOf } from "../../../src/data/index.js";
import { buildLoss } from "../../../src/losses/index.js";
import { build, type Network } from "../../../src/models/index.js";
import { makeRebalance, resolveRebalance } from "../../../src/rebalance/index.js";
import type { SupervisedOptions } from "../../../src/train/supervised.js";
import type { Step } from "../../../src/train/task.js";
import { smallData } from "../train/small-data.js";
import type { Numbers } from "./tiny-network.js";
import { prepared } from "../train/prepared.js";

export const choices = { epsilon: 2, xi: 1e-2, weight: 3, ramp: 0.5, epochs: 2, scale: 1 };

const { train, test, unlabeled } = smallData;
export const supervisedOptions: SupervisedOptions = {
  ...{ train, test, normalization: normalizationOf(train), seed: 3, batchSize: 30, augmentation: "none" },
  loss: buildLoss("cross-entropy", { counts: train.counts() }).loss,
  rebalance: makeRebalance(resolveRebalance("none", 0), train.labels, 10),
};
/** Of a residual network, on a few stickers. */
export const smallOptions = { ...supervisedOptions, ...choices, unlabeled };
export const smallNetwork = (): Network => build("small", { classes: 10, seed: 4 });

export const minus = (a: Numbers, b: Numbers): number[] => a.map((value, i) => value - b[i]!);

/** KL(p || q) of logarithms. */
export function divergence(p: Numbers, q: Numbers): number {
  return p.reduce((sum, log, c) => sum + Math.exp(log) * (log - q[c]!), 0);
}

/** What one step shows the network: its unlabeled images, their first random change, their adversarial change. */
export function directions(seen: number[][][], step: Step, labeled: number) {
  tf.tidy(() => prepared(step).loss());
  const [clean, tried, all, perturbed] = seen.splice(0) as [number[][], number[][], number[][], number[][]];
  expect(all.slice(labeled)).toEqual(clean);
  return {
    clean,
    tried: tried.map((row, i) => minus(row, clean[i]!)),
    found: perturbed.map((row, i) => minus(row, clean[i]!)),
  };
}
