import { join } from "node:path";
import { requireSameClasses } from "../data/same-classes.js";
import { softmaxScale } from "../losses/index.js";
import type { Network } from "../models/index.js";
import { check, count, optional, positive, probability, withDefaults } from "../options.js";
import { fit, fitBy, fitRules, type FitOptions } from "../train/fit.js";
import { Tabular, type Grid } from "../show/index.js";
import { recipeOf, recipeRules, resolveRecipe, type Recipe } from "../train/recipe.js";
import { SCORE_COLUMNS, type FitResult } from "../train/result.js";
import { secondStageRules } from "../train/second-stage.js";
import { requireUnlabeled } from "./data.js";
import { pseudoLabel, type PseudoLabels } from "./pseudo-labels.js";
import { twoTerm } from "./two-term.js";

/** The recipe is that of both trainings; `baseRecipe` and `finalRecipe` change it for one of them. */
export interface SelfTrainingOptions extends FitOptions {
  /** A network that was trained on D_L already, with the same classes; then none is trained. It is not disposed of. */
  readonly base?: FitResult;
  /** What is otherwise in the training of the base. */
  readonly baseRecipe?: Recipe;
  /** What is otherwise in the final training. Default: batches of 256, the authors'; anything that is named replaces it. */
  readonly finalRecipe?: Recipe;
  /** Images whose largest probability is below it are left out. Default 0: none, as the authors. */
  readonly threshold?: number;
  /**
   * Weight of L(D_U) in L(D_L) + omega L(D_U), means over their sets. Default: none; D_L and D_U are one pool in which every
   * image weighs the same, as in the authors' code: without re-balancing, that equals |D_U| / |D_L|. Not with what re-samples
   * ("resample", "drs", "balanced", "class-aware"), which would choose among the images of D_L alone.
   */
  readonly omega?: number;
  /** How often images are pseudo-labeled and a network is trained with them. Default 1, the authors'. */
  readonly rounds?: number;
}

/** One round. */
export interface SelfTrainingRound {
  readonly pseudoLabels: PseudoLabels;
  readonly fit: FitResult;
}

/** What came out: the base, and each round. Dispose of it, and of the base if you gave one. Shows itself as a table. */
export class SelfTrainingResult extends Tabular {
  constructor(
    readonly base: FitResult,
    readonly rounds: readonly SelfTrainingRound[],
    private readonly ownsBase: boolean,
  ) {
    super();
  }

  /** The network trained last. */
  get final(): FitResult {
    return this.rounds.at(-1)!.fit;
  }

  dispose(): void {
    if (this.ownsBase) this.base.dispose();
    for (const { fit } of this.rounds) fit.dispose();
  }

  protected override grid(): Grid {
    return { columns: SCORE_COLUMNS, rows: [...this.base.scoreRows("base"), ...this.final.scoreRows("with D_U")] };
  }
}

/**
 * Self-training (section 2.2): a base network learns from D_L, labels D_U, and a new one learns from both. Margins and weights
 * by class count pseudo-labels too, as the authors' code does. Without `initial`, all networks begin with the same weights, drawn
 * by the same seed: common random numbers, so that they do not differ by the luck of their beginnings. In a folder, each training
 * has one of its own, and what was stopped goes on.
 * @throws RangeError without `data.unlabeled`, for an unknown option or a value out of range; else as `train.fit`
 */
export async function selfTraining(options: SelfTrainingOptions): Promise<SelfTrainingResult> {
  const object = { range: "an object", accepts: (v: unknown) => typeof v === "object" && v !== null };
  check("selfTraining", options, {
    ...fitRules,
    ...{ base: optional(secondStageRules.base), baseRecipe: optional(object), finalRecipe: optional(object) },
    ...{ threshold: optional(probability), omega: optional(positive), rounds: optional(count) },
  });
  const unlabeled = requireUnlabeled("selfTraining", options.data);
  const { base: given, baseRecipe = {}, finalRecipe = {}, threshold = 0, omega, rounds = 1, ...common } = options;
  check("selfTraining: baseRecipe", baseRecipe, recipeRules);
  check("selfTraining: finalRecipe", finalRecipe, recipeRules);
  const final = withDefaults<Recipe>({ ...recipeOf(options), batchSize: options.batchSize ?? 256 }, finalRecipe);
  if (given) requireSameClasses("selfTraining: base", options.data.train.classes, given.data.train.classes);
  // What is wrong with it is not to be found after the base was trained.
  const { name } = resolveRecipe(final).rebalance;
  if (omega !== undefined && ["resample", "drs", "balanced", "class-aware"].includes(name))
    throw new RangeError(
      `selfTraining: expected a rebalance that does not re-sample beside omega, found "${name}": it would choose among the images ` +
        "of D_L alone. Leave omega away, or take another in finalRecipe",
    );
  const within = (name: string) => (options.folder === undefined ? {} : { folder: join(options.folder, name) });
  const called = (what: string) => ({ label: `${options.label ?? "Self-training"}: ${what}` });
  const base =
    given ?? (await fit({ ...withDefaults<FitOptions>(common, baseRecipe), ...within("base"), ...called("base") }));
  const done: SelfTrainingRound[] = [];
  const result = new SelfTrainingResult(base, done, given === undefined);
  try {
    for (let round = 1; round <= rounds; round++) {
      const teacher = done.at(-1)?.fit ?? base;
      const { network, normalization, recipe } = teacher;
      const classes = options.data.train.classes;
      const how = {
        normalization,
        scale: softmaxScale(recipe.loss),
        threshold,
        ...(options.signal && { signal: options.signal }),
      };
      const pseudoLabels = await pseudoLabel(network, unlabeled, classes, how);
      const named = {
        ...within(`round-${round}`),
        ...called(rounds === 1 ? "D_L and D_U" : `round ${round} of ${rounds}`),
      };
      const fitted = await fitWith(pseudoLabels, omega, { ...common, ...final, ...named });
      done.push({ pseudoLabels, fit: fitted });
    }
    return result;
  } catch (error) {
    result.dispose();
    throw error;
  }
}

/** Learns from D_L and pseudo-labeled D_U, in one pool or by two terms. */
function fitWith(pseudoLabels: PseudoLabels, omega: number | undefined, options: FitOptions): Promise<FitResult> {
  const { train } = options.data;
  const { examples } = pseudoLabels;
  if (examples.length === 0) throw new RangeError("selfTraining: no image is as confident as threshold asks; lower it");
  const pool = train.concat(examples);
  if (omega === undefined) return fit({ ...options, data: { ...options.data, train: pool } });
  const what = { task: "two-term self-training", omega, unlabeled: examples.digest() };
  return fitBy(what, options, (network: Network, task) => twoTerm(network, { ...task, unlabeled: examples, omega }), {
    counts: pool.counts(),
  });
}
