/** The paper's Theorems 1 to 3: each bound as published, its exact law, and a simulation. */
export * as theorem1 from "./theorem1/index.js";
export type { Sampler } from "./simulation.js";
