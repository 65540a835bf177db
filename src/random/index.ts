/** Seeded random numbers: named streams, and NumPy's legacy generator for the authors' subsets. */
export { stream, restore } from "./stream.js";
export type { Stream, StreamState } from "./stream.js";
export { RandomState } from "./mt19937.js";
export type { RandomStateState } from "./mt19937.js";
