import type { Network } from "../models/index.js";
import { optional, withDefaults, type Rule } from "../options.js";
import type { Configuration } from "./configuration.js";
import { fitBy, fitRules, type FitOptions, type Variation } from "./fit.js";
import type { Recipe } from "./recipe.js";
import { FitResult } from "./result.js";
import type { Scored, SupervisedOptions } from "./supervised.js";

/** What every training takes that goes on from another one. */
export interface SecondStageOptions extends Omit<FitOptions, "data" | "initial" | "model" | "loss"> {
  /** The first stage. Its network is neither changed nor disposed of; the model and the normalization stay as they were. */
  readonly base: FitResult;
  /** Default: the first stage's. */
  readonly data?: FitOptions["data"];
}

const base: Rule = { range: "a FitResult, as train.fit gives it", accepts: (v) => v instanceof FitResult };
const { model: _model, loss: _loss, initial: _initial, ...rest } = fitRules;
export const secondStageRules = { ...rest, data: optional(fitRules.data), base };

/** How a second stage differs from `fit`. */
interface Method extends Pick<Variation, "head"> {
  readonly what: Configuration & { readonly task: string };
  /** What tables and progress bars call it: "cRT". */
  readonly name: string;
  /** Where the options name nothing; augmentation and seed are the first stage's. */
  readonly recipe: Recipe;
}

/** Trains a new network, by cross-entropy, that begins with the backbone of the first stage. */
export function secondStage(
  { what, name, recipe, ...variation }: Method,
  { base: first, ...options }: SecondStageOptions,
  make: (network: Network, options: SupervisedOptions) => Scored | Promise<Scored>,
): Promise<FitResult> {
  const { model, augmentation, seed } = first.recipe;
  const given = withDefaults<FitOptions>(
    { ...{ augmentation, seed, data: first.data, label: `${model}, ${name}` }, ...recipe },
    options,
  );
  const data = { ...given.data, normalization: first.normalization };
  return fitBy(what, { ...given, data, model, initial: first.network }, make, { ...variation, stage: what.task });
}
