/**
 * The steps of training that are worth one kernel each: every one is composed of TensorFlow.js's own operations, and computed
 * by one kernel where the backend in use has it.
 */
export { augment, augmentReference } from "./augment.js";
export type { AugmentOptions, ByteImages, Placement } from "./augment.js";
export { normalizesInGroups, requireGroups } from "./batch-norm.js";
export type { Statistics } from "./batch-norm.js";
export { convBatchNorm, convBatchNormReference } from "./conv-batch-norm.js";
export type { ConvBatchNormInputs, ConvBatchNormOptions, Normalized } from "./conv-batch-norm.js";
export { crossEntropy, crossEntropyReference } from "./cross-entropy.js";
export type { CrossEntropyOptions } from "./cross-entropy.js";
export { globalAveragePool, globalAveragePoolReference } from "./global-average-pool.js";
export { follow, followReference } from "./moving-averages.js";
export type { Followed } from "./moving-averages.js";
export { isRecording } from "./kernel.js";
export { normalSums } from "./normal-sums.js";
export type { NormalRows, RowSums } from "./normal-sums.js";
export { randomNormal, randomNormalReference, randomUniform, randomUniformReference } from "./random.js";
export { residualBlock, residualBlockReference } from "./residual-block.js";
export type { ResidualBlockInputs, ResidualBlockOptions } from "./residual-block.js";
export { sgd, sgdReference } from "./sgd.js";
export type { SgdOptions } from "./sgd.js";
