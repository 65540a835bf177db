import { ensure } from "../backend/device.js";
import { normalizationOf } from "../data/index.js";
import { buildLoss } from "../losses/index.js";
import { build, definition, Network, transfer, type HeadName } from "../models/index.js";
import { check, oneOf, optional, withDefaults, type Rule } from "../options.js";
import { stream } from "../random/index.js";
import { makeRebalance } from "../rebalance/index.js";
import type { Configuration } from "./configuration.js";
import { recipeOf, recipeRules, resolveRecipe, type Recipe, type ResolvedRecipe } from "./recipe.js";
import { FitResult } from "./result.js";
import { run, runRules, type RunOptions } from "./run.js";
import { supervised, type Scored, type SupervisedOptions } from "./supervised.js";
import { keepingSelected } from "./selected-network.js";
import { checkData, digests, refusePictures, type TrainingData } from "./training-data.js";

export interface FitOptions extends Recipe, RunOptions {
  /** Images to learn from and to be judged by, such as `data.folder(path)` or `experiment.longTailed(options)` gives. */
  readonly data: TrainingData;
  /** A network whose backbone the new one begins with, as after self-supervised pre-training. It is not changed. */
  readonly initial?: Network;
  /**
   * Which network comes out: the one after the last epoch, or after the epoch that validation chose among those that are evaluated
   * (`selected`), which wants `data.validation`. Default "last".
   */
  readonly keep?: "last" | "selected";
}

const object: Rule = { range: "an object", accepts: (v) => typeof v === "object" && v !== null };
const network: Rule = { range: "a models.Network", accepts: (v) => v instanceof Network };
export const fitRules = {
  data: object,
  initial: optional(network),
  keep: optional(oneOf("last", "selected")),
  ...recipeRules,
  ...runRules,
};

/**
 * Trains a network on labeled images, evaluated after every epoch:
 * `await train.fit({ data, model: "resnet32", loss: "ldam", rebalance: "drw" })`. Same options, same device: same bits.
 * @throws RangeError for an unknown option or a value out of range; DivergenceError; DiskError; the reason it was stopped for
 */
export async function fit(options: FitOptions): Promise<FitResult> {
  check("fit", options, fitRules);
  return fitBy({ task: "supervised" }, options, supervised);
}

/** What a method does otherwise than `fit`. */
export interface Variation {
  /** Images of each class as trained on. Default: those of `data.train`. */
  readonly counts?: readonly number[];
  /** Default: the loss's. */
  readonly head?: HeadName;
  /** Sets the random numbers that a network begins with apart from those of an earlier stage with the same seed. */
  readonly stage?: string;
}

/**
 * Trains a new network by a recipe on a task that is scored on the test set.
 * @param what the method and its options, for the run's configuration
 */
export async function fitBy(
  what: Configuration & { readonly task: string },
  options: FitOptions,
  make: (network: Network, options: SupervisedOptions) => Scored | Promise<Scored>,
  { counts, head, stage }: Variation = {},
): Promise<FitResult> {
  checkData(options.data);
  const { data, initial, folder, keep = "last" } = options;
  if (keep === "selected" && !data.validation)
    throw new RangeError(
      'fit: keep "selected" wants images that choose the epoch, data.validation, and found none; data.folder(path, { validation: 0.1 }) ' +
        "holds some back",
    );
  if (folder !== undefined) refusePictures(folder, data);
  const recipe = resolveRecipe(recipeOf(options));
  const classes = data.train.classes.length;
  const loss = buildLoss(recipe.loss, { counts: counts ?? data.train.counts() });
  const normalization = data.normalization ?? normalizationOf(data.train);
  await ensure();
  const { model, seed } = recipe;
  const drawn = stage === undefined ? seed : stream(seed, stage).integer(2 ** 31);
  const network = build(model, { classes, head: head ?? loss.head, channels: data.train.shape[2], seed: drawn });
  const made = new Set([network]);
  try {
    if (initial) transfer(initial, network);
    const rebalance = makeRebalance(recipe.rebalance, data.train.labels, classes, counts);
    const given = await make(network, { ...data, ...recipe, normalization, loss: loss.loss, rebalance });
    const scored = given.outcome ?? network;
    made.add(scored);
    const task = keep === "last" ? given : keepingSelected(given, scored);
    const outcome = task.outcome ?? network;
    made.add(outcome);
    const configuration = {
      ...{ ...what, ...recipe, normalization, ...definition(model) },
      ...(initial && { initial: await initial.digest() }),
      ...(folder !== undefined && { data: digests(data) }),
      // An epoch that is not evaluated cannot be chosen.
      ...(keep !== "last" && { keep, evaluateEvery: options.evaluateEvery ?? 1 }),
    };
    const { id, records } = await run(task, configuration, recipe, withDefaults({ label: title(recipe) }, options));
    for (const one of made) if (one !== outcome) one.dispose();
    const scores = task.scoreboard.read();
    return new FitResult({ id, network: outcome, configuration, records, scores, data, normalization, recipe });
  } catch (error) {
    for (const one of made) one.dispose();
    throw error;
  }
}

/** "resnet32, ldam, drw" */
export function title({ model, loss, rebalance }: ResolvedRecipe): string {
  return [model, loss.name, ...(rebalance.name === "none" ? [] : [rebalance.name])].join(", ");
}
