import { check, positive } from "../options.js";
import { recipeRules, type Recipe } from "./recipe.js";
import type { ScheduleSpec } from "./schedule.js";

/**
 * The recipe with `factor` times the epochs: the rate grows and falls at the same parts of them. What a method that takes more
 * steps is to be held against, to tell it from mere length.
 * @param factor > 0; epochs are rounded, at least one
 * @throws RangeError for an unknown option, or a value out of range
 */
export function stretched(recipe: Recipe, factor: number): Recipe {
  check("stretched: recipe", recipe, recipeRules);
  check("stretched", { factor }, { factor: positive });
  const { epochs = 200, schedule } = recipe;
  const length = Math.max(1, Math.round(epochs * factor));
  return { ...recipe, epochs: length, ...(schedule !== undefined && { schedule: moved(schedule, length / epochs) }) };
}

/** Names stand for parts of all epochs already. */
function moved(schedule: ScheduleSpec, factor: number): ScheduleSpec {
  if (typeof schedule === "string") return schedule;
  const { warmup } = schedule;
  const grows = warmup !== undefined && { warmup: warmup * factor };
  if (schedule.name === "cosine" || schedule.at === undefined) return { ...schedule, ...grows };
  const at = [...new Set(schedule.at.map((epoch) => Math.round(epoch * factor)))];
  return { ...schedule, ...grows, at };
}
