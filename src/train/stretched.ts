import { check, positive } from "../options.js";
import type { RebalanceSpec } from "../rebalance/index.js";
import { recipeRules, type Recipe } from "./recipe.js";
import type { ScheduleSpec } from "./schedule.js";

/**
 * The recipe with `factor` times the epochs: the rate grows and falls, and deferred re-balancing begins, at the same parts of
 * them. What a method that takes more steps is to be held against, to tell it from mere length.
 * @param factor > 0; epochs are rounded, at least one
 * @throws RangeError for an unknown option, or a value out of range
 */
export function stretched(recipe: Recipe, factor: number): Recipe {
  check("stretched: recipe", recipe, recipeRules);
  check("stretched", { factor }, { factor: positive });
  const { epochs = 200, schedule, rebalance } = recipe;
  const length = Math.max(1, Math.round(epochs * factor));
  const times = length / epochs;
  return {
    ...recipe,
    epochs: length,
    ...(schedule !== undefined && { schedule: moved(schedule, times) }),
    ...(rebalance !== undefined && { rebalance: begun(rebalance, times, length) }),
  };
}

/** Where nothing says when it begins, it goes by the schedule. */
function begun(rebalance: RebalanceSpec, factor: number, epochs: number): RebalanceSpec {
  if (typeof rebalance === "string" || rebalance.from === undefined) return rebalance;
  return { ...rebalance, from: Math.min(epochs - 1, Math.round(rebalance.from * factor)) };
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
