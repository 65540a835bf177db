/** The paper's Theorems 1 to 3: each bound as published, its exact law, and a simulation. */
export * as theorem1 from "./theorem1/index.js";
export * as theorem2 from "./theorem2/index.js";
export * as theorem3 from "./theorem3/index.js";
export type { AsyncSimulationOptions, Sampler, SimulationOptions } from "./simulation.js";
export type { NormalSums, RowSums } from "./rows-ahead.js";
