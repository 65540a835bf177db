/** The problem: class profiles of labeled and unlabeled sets, the subsets that have them, groups of classes. */
export { exponentialProfile, stepProfile } from "./profile.js";
export type { ProfileOptions } from "./profile.js";
export { paretoProfile } from "./pareto.js";
export type { ParetoOptions } from "./pareto.js";
export { relevanceProfile, unlabeledProfile } from "./unlabeled.js";
export type { RelevanceOptions, RelevanceProfile, UnlabeledOptions } from "./unlabeled.js";
export { countLabels, subset } from "./subset.js";
export type { Shuffler, SubsetOptions } from "./subset.js";
export { groups, imbalanceRatio } from "./groups.js";
export type { Groups } from "./groups.js";
