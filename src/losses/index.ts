/** Losses: functions of logits (or cosines) and labels, and the same by their names in the configuration of a run. */
export { centroid } from "./centroid.js";
export type { CentroidOptions } from "./centroid.js";
export type { ClassWeights } from "./class-weights.js";
export { crossEntropy } from "./cross-entropy.js";
export type { CrossEntropyOptions } from "./cross-entropy.js";
export { focal } from "./focal.js";
export type { FocalChoices, FocalOptions } from "./focal.js";
export { ldam, ldamMargins } from "./ldam.js";
export type { LdamChoices, LdamOptions } from "./ldam.js";
export { LOSSES } from "./registry.js";
export type { BatchLoss, LossChoices, LossFamily, LossName } from "./registry.js";
export { buildLoss, resolveLoss } from "./loss.js";
export type { Loss, LossSpec, ResolvedLossSpec } from "./loss.js";
export { softmaxScale } from "./softmax-scale.js";
