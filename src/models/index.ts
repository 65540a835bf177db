/** Residual networks, and the heads that classify by them. */
import { requireBackend } from "../backend/required.js";
import { suggestion } from "../nearest.js";
import { check, count, numberWhere, oneOf, optional, seed, withDefaults } from "../options.js";
import { largeImages } from "./large-images.js";
import { Network, type NetworkOptions } from "./network.js";
import { smallImages } from "./small-images.js";

export { Network } from "./network.js";
export type { NetworkOptions } from "./network.js";
export type { HeadName } from "./head.js";
export type { Mode } from "./conv-norm.js";
export { Variables, type Named } from "./variables.js";
export { CLASSIFIER, unit } from "./head.js";
export { HALLUCINATOR, MEMORY } from "./meta-embedding.js";
export { transfer, TransferReport } from "./transfer.js";

type Maker = (options: NetworkOptions) => Network;

function maker(name: string, build: ConstructorParameters<typeof Network>[2]): Maker {
  return (options) => {
    check(name, options, {
      classes: numberWhere("an integer of 2 or more", (v) => Number.isInteger(v) && v >= 2),
      head: optional(oneOf("linear", "cosine", "meta-embedding")),
      channels: optional(count),
      seed: optional(seed),
    });
    requireBackend(name);
    return new Network(
      name,
      withDefaults<Required<NetworkOptions>>({ head: "linear", channels: 3, seed: 0 }, options),
      build,
    );
  };
}

/** The paper's network for CIFAR and SVHN: 464,154 parameters at 10 classes, 464,144 with a cosine head. */
export const resnet32: Maker = maker("resnet32", smallImages(5, 1));
/** The same with three blocks a stage. */
export const resnet20: Maker = maker("resnet20", smallImages(3, 1));
/** For a quick look: one block a stage, and a first convolution of stride 2. A tenth of resnet32's time. */
export const small: Maker = maker("small", smallImages(1, 2));
/** The same with half the channels: a third of small's time. */
export const tiny: Maker = maker("tiny", smallImages(1, 2, [8, 16, 32]));
/** The paper's networks for ImageNet-LT and iNaturalist, images of 224 x 224. */
export const resnet10: Maker = maker("resnet10", largeImages("basic", [1, 1, 1, 1]));
export const resnet50: Maker = maker("resnet50", largeImages("bottleneck", [3, 4, 6, 3]));

const MODELS: Readonly<Record<string, Maker>> = { resnet32, resnet20, small, tiny, resnet10, resnet50 };

/** Names that `build` knows. */
export const names: readonly string[] = Object.keys(MODELS);

/** A new network by its name: `build("resnet32", { classes: 10, seed: 1 })`. @throws RangeError for an unknown one */
export function build(name: string, options: NetworkOptions): Network {
  if (!Object.hasOwn(MODELS, name)) throw new RangeError(`There is no model "${name}". ${suggestion(name, names)}`);
  return MODELS[name]!(options);
}
