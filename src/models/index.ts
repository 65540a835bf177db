/** Residual networks, networks of one's own, and the heads that classify by them. */
import { largeImages } from "./large-images.js";
import { register, type Maker } from "./registry.js";
import { smallImages } from "./small-images.js";

export { build, define, definition, modelName, names } from "./registry.js";
export type { BackboneMaker, Maker } from "./registry.js";
export { Network } from "./network.js";
export type { Backbone, NetworkOptions } from "./network.js";
export type { HeadName } from "./head.js";
export { ConvNorm, ResidualBlock, type Mode } from "./conv-norm.js";
export { Variables, type Layers, type Named } from "./variables.js";
export { CLASSIFIER, unit } from "./head.js";
export { HALLUCINATOR, MEMORY } from "./meta-embedding.js";
export { transfer, TransferReport } from "./transfer.js";

/** The paper's network for CIFAR and SVHN: 464,154 parameters at 10 classes, 464,144 with a cosine head. */
export const resnet32: Maker = register("resnet32", smallImages(5, 1));
/** The same with three blocks a stage. */
export const resnet20: Maker = register("resnet20", smallImages(3, 1));
/** For a quick look: one block a stage, and a first convolution of stride 2. A tenth of resnet32's time. */
export const small: Maker = register("small", smallImages(1, 2));
/** The same with half the channels: a third of small's time. */
export const tiny: Maker = register("tiny", smallImages(1, 2, [8, 16, 32]));
/** The paper's networks for ImageNet-LT and iNaturalist, images of 224 x 224; they begin with other weights than the authors'. */
export const resnet10: Maker = register("resnet10", largeImages("basic", [1, 1, 1, 1]));
/** The same with 50 layers, in bottlenecks. */
export const resnet50: Maker = register("resnet50", largeImages("bottleneck", [3, 4, 6, 3]));
