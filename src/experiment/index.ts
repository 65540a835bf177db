/** What a run is about: data by name and profile. */
export { longTailed } from "./long-tailed.js";
export type { LongTailedOptions } from "./long-tailed.js";
export { runConfig } from "./run-config.js";
export type { RunConfig } from "./run-config.js";
