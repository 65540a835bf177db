/** Re-balancing: weights of classes, and which images an epoch shows. */
export { effectiveNumbers, effectiveNumberWeights } from "./effective-number.js";
export {
  balancedSampler,
  classAwareSampler,
  deferredSampler,
  effectiveNumberSampler,
  uniformSampler,
} from "./samplers.js";
export type { Sampler } from "./sampler.js";
export { makeRebalance, resolveRebalance } from "./rebalance.js";
export type { Rebalance, RebalanceName, RebalanceOptions, RebalanceSpec, ResolvedRebalance } from "./rebalance.js";
