import { check, numberWhere, oneOf, optional, positive, probability, seed as seedRule } from "../options.js";
import { exponentialProfile, relevanceProfile, stepProfile } from "../tail/index.js";
import type { TrainingData } from "../train/index.js";
import { realSource, stickerSource } from "./source.js";

export interface LongTailedOptions {
  /** Stickers are drawn on the spot, plain ones before an even background; the others as `npx longtail data list` has them. */
  readonly name: "stickers" | "plain-stickers" | "cifar10" | "cifar100" | "svhn";
  /** Default "exponential". */
  readonly profile?: "exponential" | "step";
  /** Images of the largest class. Default the paper's: 5000 (cifar10), 500 (cifar100), 1000 (svhn, stickers of both kinds). */
  readonly head?: number;
  /** Largest class / smallest. Default 100. */
  readonly rho?: number;
  /** Of D_U. Default none: no unlabeled images. */
  readonly rhoU?: number;
  /** Size of D_U over that of D_L. Default 5. */
  readonly multiple?: number;
  /** Share of D_U that shows the classes of D_L. Default 1. */
  readonly relevance?: number;
  /** Test images of each class, of stickers only. Default 300. */
  readonly testImages?: number;
  /**
   * "authors" (default): the authors' very images of CIFAR and SVHN, by NumPy's generator with seed 0, whatever `seed` is.
   * "seeded": others for each seed, as stickers always are.
   */
  readonly draw?: "authors" | "seeded";
  /** Default 0. */
  readonly seed?: number;
}

/** Images of the largest class in the paper; of stickers, ours. */
export const HEADS = { stickers: 1000, "plain-stickers": 1000, cifar10: 5000, cifar100: 500, svhn: 1000 };

/**
 * D_L with a long tail, D_U where it is asked for, and the whole test set (sections 2.2 and 3). Unlabeled images keep their
 * true labels, for judging pseudo-labels by; training does not look at them.
 *
 * D_U of SVHN comes from its extra set. D_U of CIFAR comes from what D_L leaves of the training images, since Tiny Images are
 * withdrawn: ours, not the paper's; a head of 700 leaves enough for D_U@5x of CIFAR-10. Irrelevant images are CIFAR-100's for
 * CIFAR-10 where they are on this machine, else other stickers, and the name says which; they are of a class of their own.
 * @throws RangeError for an option out of range or without effect, or a profile that the set cannot fill; Error where a set is
 *   not here
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
  const { name, profile = "exponential", rho = 100, rhoU, multiple = 5, relevance = 1, seed = 0 } = options;
  refuseUseless(options);
  const head = options.head ?? HEADS[name];
  const source =
    name === "stickers" || name === "plain-stickers"
      ? stickerSource({ scene: name === "stickers" ? "any" : "plain", seed, testImages: options.testImages ?? 300 })
      : await realSource(name, { draw: options.draw ?? "authors", seed });
  const make = profile === "exponential" ? exponentialProfile : stepProfile;
  const counts = make({ classes: source.classes, head, rho });
  const train = source.labeled(counts);
  const tail = `${profile === "step" ? "step, " : ""}rho ${rho}${head === HEADS[name] ? "" : `, head ${head}`}`;
  const title = `${source.title}, ${tail}`;
  const common = { train, test: source.test, ...(source.normalization && { normalization: source.normalization }) };
  if (rhoU === undefined) return { name: title, ...common };
  const { relevant, irrelevant } = relevanceProfile({ labeled: counts, rhoU, multiple, relevance });
  const size = relevant.reduce((sum, n) => sum + n, 0);
  if (size === 0 && (relevance > 0 || irrelevant === 0))
    throw new RangeError(
      `longTailed: D_U would have no image of the classes of D_L: ${train.length} labeled images times multiple ${multiple} times ` +
        `relevance ${relevance} are too few for ${source.classes} classes. Choose a larger multiple or head`,
    );
  const called = `${title}, D_U@${multiple}x of rho_U ${rhoU}`;
  if (irrelevant === 0) return { name: called, ...common, unlabeled: await source.unlabeled(relevant) };
  // Irrelevant images have no class of D_L, and get one more: so that nothing takes their labels for the truth.
  const classes = [...train.classes, "irrelevant"];
  const others = await source.irrelevant(irrelevant);
  const none = others.examples.relabel(new Uint16Array(irrelevant).fill(source.classes), classes);
  const shown = size > 0 ? await source.unlabeled(relevant) : undefined;
  const unlabeled = shown ? shown.relabel(shown.labels, classes).concat(none) : none;
  return { name: `${called}, relevance ${relevance} (rest: ${others.title})`, ...common, unlabeled };
}

/** An option that would change nothing is a mistake. */
function refuseUseless({ name, rhoU, multiple, relevance, testImages, draw }: LongTailedOptions): void {
  const useless = (option: string, why: string): never => {
    throw new RangeError(`longTailed: ${option} changes nothing ${why}`);
  };
  if (rhoU === undefined && multiple !== undefined) useless("multiple", "without rhoU: there are no unlabeled images");
  if (rhoU === undefined && relevance !== undefined)
    useless("relevance", "without rhoU: there are no unlabeled images");
  const isDrawn = name === "stickers" || name === "plain-stickers";
  if (!isDrawn && testImages !== undefined) useless("testImages", `with ${name}: its whole test set is taken`);
  if (isDrawn && draw === "authors") useless('draw "authors"', `with ${name}: they are drawn by seed`);
}
