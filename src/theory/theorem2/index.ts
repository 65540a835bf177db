/**
 * Theorem 2 (section 4.1): on the raw input, where the two classes differ in scale only, no linear classifier with
 * b >= 0 does better than an error of 1/4. `error` is the exact error, `floor` its minimum, `simulate` the experiment.
 */
export { error, errorTerms, floor, lowerBound } from "./error.js";
export type { Linear, Scales } from "./error.js";
export { simulate, simulateAsync } from "./simulate.js";
export type { SimulateOptions, Simulation } from "./simulate.js";
