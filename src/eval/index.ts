/** What a model has learned: right and wrong by class, whether its probabilities hold, and pictures of its features. */
export { ConfusionMatrix, confusionMatrix } from "./confusion.js";
export type { ClassMetrics, GroupAccuracy } from "./confusion.js";
export type { ConfusionCounts, SparseCounts, Taken } from "./confusion-counts.js";
export type { Confusion, HeadAndTail, Leakage } from "./leakage.js";
export { calibration } from "./calibration.js";
export type { Calibration, Reliability, ReliabilityBin } from "./calibration.js";
export { tsne } from "./tsne.js";
export type { Projection, TsneOptions } from "./tsne.js";
export type { PointsLike } from "./tsne/points.js";
export { features, predict, probabilities } from "./predict.js";
export type { PredictOptions, ProbabilityOptions } from "./predict.js";
export { nearestNeighbours } from "./nearest-neighbours.js";
export type { LabeledFeatures, NearestNeighboursOptions } from "./nearest-neighbours.js";
export { DivergenceError } from "./divergence-error.js";
