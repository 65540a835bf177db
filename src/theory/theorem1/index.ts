/**
 * Theorem 1 (section 2.1): pseudo-labels in a mixture of two normal distributions. The estimator is half the sum of
 * the means of the two pseudo-classes; `bound` is the published inequality, `exact` and `partial` the exact
 * probabilities it is about, `simulate` the experiment.
 */
export { bound, deltaForLevel, subGaussianBound } from "./bound.js";
export type { Bound, Level } from "./bound.js";
export { exact, partial } from "./exact.js";
export type { Exact, Partial } from "./exact.js";
export { bayesRisk, risk, thresholdClassifier } from "./classifier.js";
export type { Classes, ThresholdClassifier } from "./classifier.js";
export { simulate, simulateAsync } from "./simulate.js";
export type { SimulateOptions, Simulation } from "./simulate.js";
export type { Mixture } from "./mixture.js";
