import { resolveLoss, type LossName, type LossSpec, type ResolvedLossSpec } from "../losses/index.js";
import { modelName } from "../models/index.js";
import { check, count, flag, numberWhere, optional, seed as seedRule, withDefaults, type Rule } from "../options.js";
import { resolveRebalance, type RebalanceSpec, type ResolvedRebalance } from "../rebalance/index.js";
import { resolveOptimizer, type OptimizerSpec, type ResolvedOptimizer } from "./optimizer.js";
import { firstFall, resolveSchedule, type ResolvedSchedule, type ScheduleSpec } from "./schedule.js";

/** How images are varied in training: `data.batches` says what it means. */
export interface AugmentationChoice {
  /** Default 4. */
  readonly pad?: number;
  /** Default true. */
  readonly mirror?: boolean;
}

/** What is trained, and how: all that a result depends on besides the data and `initial`. Plain data. */
export interface Recipe {
  /**
   * Default "resnet32", the paper's for CIFAR and SVHN; "resnet20", "small" and "tiny" are quicker, "resnet10" and "resnet50" for
   * images of 224 x 224. `models.define` adds networks of your own.
   */
  readonly model?: string;
  /** Default "cross-entropy". LDAM brings a cosine head with it. */
  readonly loss?: LossName | LossSpec;
  /** Default "none". "drw" and "drs" begin where the learning rate falls first. */
  readonly rebalance?: RebalanceSpec;
  /** Default "paper": rate 0.1, grown over the first fortieth of the epochs, times 0.01 at 80 % and at 90 % of them. */
  readonly schedule?: ScheduleSpec;
  /** Default "sgd": momentum 0.9, weight decay 2e-4. */
  readonly optimizer?: OptimizerSpec;
  /** Passes over the training images. Default 200. */
  readonly epochs?: number;
  /** Default 128; the authors take 256 when they train with D_U. An epoch's last one to three images join the batch before. */
  readonly batchSize?: number;
  /** Default: a window of the image padded by 4, mirrored half of the time. */
  readonly augmentation?: AugmentationChoice | "none";
  /** Of all random streams of the run. Default 0. */
  readonly seed?: number;
}

/** A recipe with all defaults filled in. */
export interface ResolvedRecipe {
  readonly model: string;
  readonly loss: ResolvedLossSpec;
  readonly rebalance: ResolvedRebalance;
  readonly schedule: ResolvedSchedule;
  readonly optimizer: ResolvedOptimizer;
  readonly epochs: number;
  readonly batchSize: number;
  readonly augmentation: Required<AugmentationChoice> | "none";
  readonly seed: number;
}

const nameOrObject: Rule = {
  range: "a name, or an object with one",
  accepts: (v) => typeof v === "string" || (typeof v === "object" && v !== null),
};
const whole = numberWhere("an integer >= 0", (v) => Number.isInteger(v) && v >= 0);

export const recipeRules: Record<keyof Recipe, Rule> = {
  model: modelName,
  loss: optional(nameOrObject),
  rebalance: optional(nameOrObject),
  schedule: optional(nameOrObject),
  optimizer: optional(nameOrObject),
  epochs: optional(count),
  batchSize: optional(count),
  augmentation: optional({ ...nameOrObject, range: 'an object, or "none"' }),
  seed: optional(seedRule),
};

/** A recipe with all its defaults. @throws RangeError for an unknown name or option, or a value out of range */
export function resolveRecipe(recipe: Recipe): ResolvedRecipe {
  check("recipe", recipe, recipeRules);
  const { model = "resnet32", epochs = 200, batchSize = 128, augmentation = {}, seed = 0 } = recipe;
  const schedule = resolveSchedule(recipe.schedule ?? "paper", epochs);
  const rebalance = resolveRebalance(recipe.rebalance ?? "none", firstFall(schedule, epochs));
  if ((rebalance.name === "drw" || rebalance.name === "drs") && rebalance.from >= epochs)
    throw new RangeError(
      `rebalance: from must be below epochs ${epochs} (got ${rebalance.from}); "${rebalance.name}" would never begin`,
    );
  if (augmentation !== "none") check("augmentation", augmentation, { pad: optional(whole), mirror: optional(flag) });
  return {
    model,
    loss: resolveLoss(recipe.loss ?? "cross-entropy"),
    rebalance,
    schedule,
    optimizer: resolveOptimizer(recipe.optimizer ?? "sgd"),
    epochs,
    batchSize,
    augmentation: augmentation === "none" ? augmentation : withDefaults({ pad: 4, mirror: true }, augmentation),
    seed,
  };
}

/** The recipe among other options. */
export function recipeOf(options: Recipe & object): Recipe {
  const entries = Object.entries(options).filter(([name]) => Object.hasOwn(recipeRules, name));
  return Object.fromEntries(entries);
}
