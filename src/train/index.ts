/** Training: recipes, runs that can be stopped and go on, and what they report. */
export { fit } from "./fit.js";
export type { FitOptions } from "./fit.js";
export { FitResult } from "./result.js";
export type { Score, Scores } from "./scoreboard.js";
export { resolveRecipe } from "./recipe.js";
export type { AugmentationChoice, Recipe, ResolvedRecipe } from "./recipe.js";
export type { TrainingData } from "./training-data.js";
export type { RunOptions } from "./run.js";
export type { EpochRecord, Observer, TrainEvent } from "./events.js";
export { firstFall, learningRate, resolveSchedule } from "./schedule.js";
export type { CosineSchedule, ResolvedSchedule, ScheduleSpec, StepSchedule } from "./schedule.js";
export { resolveOptimizer } from "./optimizer.js";
export type { AdamSpec, OptimizerSpec, ResolvedOptimizer, SgdSpec } from "./optimizer.js";
export { runId } from "./configuration.js";
export type { Configuration } from "./configuration.js";
export { CheckpointError } from "./checkpoint-file.js";
export { DivergenceError } from "../eval/index.js";
export { Stopped } from "./interruption.js";
