import {
  CIFAR_NORMALIZATION,
  Examples,
  has,
  load,
  stickers,
  SVHN_NORMALIZATION,
  type ImageSet,
  type Normalization,
} from "../data/index.js";
import { check, numberWhere, oneOf, optional, positive, probability, seed as seedRule } from "../options.js";
import { RandomState, stream } from "../random/index.js";
import { exponentialProfile, relevanceProfile, stepProfile, subset, type Shuffler } from "../tail/index.js";
import type { TrainingData } from "../train/index.js";

export interface LongTailedOptions {
  /** "stickers" are drawn on the spot; the others as `npx longtail data list` has them. */
  readonly name: "stickers" | "cifar10" | "cifar100" | "svhn";
  /** Default "exponential". */
  readonly profile?: "exponential" | "step";
  /** Images of the largest class. Default the paper's: 5000 (cifar10), 500 (cifar100), 1000 (svhn, stickers). */
  readonly head?: number;
  /** Largest class / smallest. Default 100. */
  readonly rho?: number;
  /** Of D_U. Default none: no unlabeled images. */
  readonly rhoU?: number;
  /** Size of D_U over that of D_L. Default 5. */
  readonly multiple?: number;
  /** Share of D_U that shows the classes of D_L. Default 1. */
  readonly relevance?: number;
  /** Test images of each class, stickers only. Default 300. */
  readonly testImages?: number;
  /**
   * "authors" (default): the authors' very images of CIFAR and SVHN, by NumPy's generator with seed 0, whatever `seed` is.
   * "seeded": others for each seed, as stickers always are.
   */
  readonly draw?: "authors" | "seeded";
  /** Default 0. */
  readonly seed?: number;
}

/** SVHN's labels from head to tail: the authors move 0 to the end. */
const SVHN_ORDER = [1, 2, 3, 4, 5, 6, 7, 8, 9, 0];
const HEADS = { stickers: 1000, cifar10: 5000, cifar100: 500, svhn: 1000 };

/**
 * D_L with a long tail, D_U where it is asked for, and the whole test set (sections 2.2 and 3.2). Unlabeled images keep their
 * true labels, for judging pseudo-labels by; training does not look at them.
 *
 * D_U of SVHN comes from its extra set. D_U of CIFAR comes from what D_L leaves of the training images, since Tiny Images are
 * withdrawn: ours, not the paper's; a head of 700 leaves enough for D_U@5x of CIFAR-10. Irrelevant images are CIFAR-100's for
 * CIFAR-10 where they are on this machine, else other stickers.
 * @throws RangeError for an option out of range, or a profile that the set cannot fill; Error where a set is not here
 */
export async function longTailed(options: LongTailedOptions): Promise<TrainingData & { readonly name: string }> {
  const least1 = numberWhere("a finite number >= 1", (v) => v >= 1);
  check("longTailed", options, {
    name: oneOf(...Object.keys(HEADS)),
    profile: optional(oneOf("exponential", "step")),
    head: optional(numberWhere("an integer >= 1", (v) => Number.isInteger(v) && v >= 1)),
    ...{
      rho: optional(least1),
      rhoU: optional(least1),
      multiple: optional(positive),
      relevance: optional(probability),
    },
    testImages: optional(numberWhere("an integer >= 1", (v) => Number.isInteger(v) && v >= 1)),
    ...{ draw: optional(oneOf("authors", "seeded")), seed: optional(seedRule) },
  });
  const { name, profile = "exponential", rho = 100, rhoU, multiple = 5, relevance = 1 } = options;
  const head = options.head ?? HEADS[name];
  const source = name === "stickers" ? stickerSource(options) : await realSource(name, options);
  const make = profile === "exponential" ? exponentialProfile : stepProfile;
  const counts = make({ classes: source.classes, head, rho });
  const train = source.labeled(counts);
  const title = `${source.title}, rho ${rho}${head === HEADS[name] ? "" : `, head ${head}`}`;
  const common = { train, test: source.test, ...(source.normalization && { normalization: source.normalization }) };
  if (rhoU === undefined) return { name: title, ...common };
  const { relevant, irrelevant } = relevanceProfile({ labeled: counts, rhoU, multiple, relevance });
  const pools = [
    ...(relevant.some((n) => n > 0) ? [await source.unlabeled(relevant)] : []),
    ...(irrelevant > 0 ? [await source.irrelevant(irrelevant)] : []),
  ];
  // Irrelevant images have no class of D_L: their labels say nothing.
  const unlabeled = pools
    .map((pool) =>
      pool.classes.length === train.classes.length ? pool : pool.relabel(new Uint16Array(pool.length), train.classes),
    )
    .reduce((all, pool) => all.concat(pool));
  return { name: `${title}, D_U@${multiple}x of rho_U ${rhoU}`, ...common, unlabeled };
}

interface Source {
  readonly title: string;
  readonly classes: number;
  readonly test: Examples;
  readonly normalization?: Normalization;
  labeled(counts: number[]): Examples;
  /** Asked for after the labeled ones. */
  unlabeled(counts: number[]): Promise<Examples>;
  irrelevant(count: number): Promise<Examples>;
}

function stickerSource({ seed = 0, testImages = 300 }: LongTailedOptions): Source {
  return {
    title: "Stickers",
    classes: 10,
    test: Examples.of(stickers({ counts: testImages, split: "test" })),
    labeled: (counts) => Examples.of(stickers({ counts, seed })),
    unlabeled: (counts) => Promise.resolve(Examples.of(stickers({ counts, seed, split: "unlabeled" }))),
    irrelevant: (count) => Promise.resolve(otherStickers(count, seed)),
  };
}

function otherStickers(count: number, seed: number): Examples {
  const counts = Array.from({ length: 10 }, (_, c) => Math.floor(count / 10) + Number(c < count % 10));
  return Examples.of(stickers({ counts, seed, kind: "other", split: "unlabeled" }));
}

async function realSource(name: "cifar10" | "cifar100" | "svhn", options: LongTailedOptions): Promise<Source> {
  const { draw = "authors", seed = 0 } = options;
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
      return Examples.of(other, positions.subarray(0, count));
    },
  };
}
