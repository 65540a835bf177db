import {
  CIFAR_NORMALIZATION,
  Examples,
  has,
  load,
  stickers,
  SVHN_NORMALIZATION,
  type ImageSet,
  type Normalization,
  type StickersOptions,
} from "../data/index.js";
import { RandomState, stream } from "../random/index.js";
import { subset, type Shuffler } from "../tail/index.js";

/** SVHN's labels from head to tail: the authors move 0 to the end. */
const SVHN_ORDER = [1, 2, 3, 4, 5, 6, 7, 8, 9, 0];

/** Where images come from. */
export interface Source {
  readonly title: string;
  readonly classes: number;
  readonly test: Examples;
  readonly normalization?: Normalization;
  labeled(counts: number[]): Examples;
  /** Asked for after the labeled ones. */
  unlabeled(counts: number[]): Promise<Examples>;
  irrelevant(count: number): Promise<Others>;
}

/** Images of other classes. */
export interface Others {
  readonly title: string;
  readonly examples: Examples;
}

export interface StickerOptions {
  readonly scene: "any" | "plain";
  readonly seed: number;
  /** Of each class. */
  readonly testImages: number;
}

/** Drawn on the spot. */
export function stickerSource({ scene, seed, testImages }: StickerOptions): Source {
  const drawn = (options: Omit<StickersOptions, "scene">): Examples => Examples.of(stickers({ ...options, scene }));
  return {
    title: scene === "plain" ? "Plain stickers" : "Stickers",
    classes: 10,
    test: drawn({ counts: testImages, split: "test" }),
    labeled: (counts) => drawn({ counts, seed }),
    unlabeled: (counts) => Promise.resolve(drawn({ counts, seed, split: "unlabeled" })),
    irrelevant: (count) => Promise.resolve(otherStickers(count, seed, scene)),
  };
}

function otherStickers(count: number, seed: number, scene: "any" | "plain" = "any"): Others {
  const counts = Array.from({ length: 10 }, (_, c) => Math.floor(count / 10) + Number(c < count % 10));
  const examples = Examples.of(stickers({ counts, seed, scene, kind: "other", split: "unlabeled" }));
  return { title: "other stickers", examples };
}

/** A set of this machine. @throws Error where it is not here */
export async function realSource(
  name: "cifar10" | "cifar100" | "svhn",
  { draw, seed }: { readonly draw: "authors" | "seeded"; readonly seed: number },
): Promise<Source> {
  const [train, test] = await Promise.all([load(name), load(name, { split: "test" })]);
  const random: Shuffler = draw === "authors" ? new RandomState(0) : stream(seed, "subset");
  const order = name === "svhn" ? { order: SVHN_ORDER } : {};
  const chosen = (set: ImageSet, counts: number[], exclude?: Uint32Array): Uint32Array =>
    subset(set.labels, { counts, ...order, random, classes: set.classes, ...(exclude && { exclude }) });
  let labeled = new Uint32Array();
  return {
    title: train.name.replace(/, training$/, ""),
    classes: train.classes.length,
    test: Examples.of(test),
    normalization: name === "svhn" ? SVHN_NORMALIZATION : CIFAR_NORMALIZATION,
    labeled(counts) {
      labeled = Uint32Array.from(chosen(train, counts));
      return Examples.of(train, labeled);
    },
    async unlabeled(counts) {
      if (name !== "svhn") return Examples.of(train, chosen(train, counts, labeled));
      const extra = await load("svhn-extra");
      return Examples.of(extra, chosen(extra, counts));
    },
    async irrelevant(count) {
      if (name !== "cifar10" || !has("cifar100")) return otherStickers(count, seed);
      const other = await load("cifar100");
      const positions = stream(seed, "irrelevant").shuffle(Uint32Array.from(other.labels.keys()));
      if (positions.length < count) return otherStickers(count, seed);
      return { title: "CIFAR-100", examples: Examples.of(other, positions.subarray(0, count)) };
    },
  };
}
