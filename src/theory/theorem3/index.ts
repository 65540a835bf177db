/**
 * Theorem 3 (section 4.1): on a self-supervised feature of the same two classes, a linear classifier's error falls
 * exponentially with the dimension. `bound` is the published inequality, `exact` and `expectedError` the exact
 * quantities, `simulate` the experiment.
 */
export { bound, chernoffBound } from "./bound.js";
export type { Bound } from "./bound.js";
export { bayes, errorAt, firstDimension, populationMidpoint } from "./error.js";
export type { ThresholdError } from "./error.js";
export { exact } from "./exact.js";
export type { Exact } from "./exact.js";
export { expectedError } from "./expected.js";
export type { ExpectedError } from "./expected.js";
export { simulate, simulateAsync } from "./simulate.js";
export type { SimulateOptions, Simulation } from "./simulate.js";
export type { Counts, Feature, Training } from "./training.js";
