import { check, oneOf, optional, positive } from "../options.js";
import { stretched } from "../train/index.js";
import { changesWith, scaleOf, type Scale, type ScaleName } from "./scale.js";

export interface LongerOptions {
  /** Epochs, times those of the recipe: > 0. */
  readonly times: number;
  /**
   * Whose recipe: of trainings "without D_U" (default) or "with D_U@5x", whose batches may be larger. With 6 times the epochs the
   * latter has the very steps of a training with D_U@5x, on labeled images alone.
   */
  readonly recipe?: "without D_U" | "with D_U@5x";
}

/**
 * A scale for controls: what longer training alone is worth, without unlabeled images or pre-training.
 * `sweep(grid, { scale: longer("quick", { times: 2 }) })`
 * @throws RangeError for an unknown scale or option, or a value out of range
 */
export function longer(scale: ScaleName | Scale, options: LongerOptions): Scale {
  check("longer", options, { times: positive, recipe: optional(oneOf("without D_U", "with D_U@5x")) });
  const { times, recipe = "without D_U" } = options;
  const usual = scaleOf(scale);
  const changes = recipe === "without D_U" ? {} : changesWith(usual, { rhoU: 1, multiple: 5, relevance: 1 });
  return {
    ...usual,
    name: `${usual.name}, ${times} times the epochs`,
    description: `${usual.description}; here ${times} times the epochs of trainings ${recipe}`,
    recipe: stretched({ ...usual.recipe, ...changes }, times),
  };
}
